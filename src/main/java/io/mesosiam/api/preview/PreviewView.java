package io.mesosiam.api.preview;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.admin.RowsOfPage;
import io.mesosiam.api.JsonItems;
import io.mesosiam.api.sight.Sight;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.preview.Effect.Kind;
import io.mesosiam.preview.live.Previewed;
import io.mesosiam.signin.Caller;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What a set of changes of policies does to running tasks. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "PolicyPreview",
        description = "What changes of policies would do to running tasks; nothing is stored",
        requiredProperties = {
            "basis",
            "touchedTasks",
            "gains",
            "loses",
            "changes",
            "keeps",
            "conflicts",
            "leasesEnded",
            "liveLeases",
            "effects",
            "effectCount",
            "roles"
        })
public record PreviewView(
        @Schema(description = "What the preview rests on") BasisView basis,

        @Schema(description = "The number of running launches that were compared", minimum = "0", examples = "12")
        int touchedTasks,

        @Schema(description = "The number of credential names that get credentials", minimum = "0", examples = "1")
        long gains,

        @Schema(description = "The number of credential names that lose theirs", minimum = "0", examples = "2")
        long loses,

        @Schema(
                description = "The number of credential names that get other credentials, or the same on other terms",
                minimum = "0",
                examples = "0")
        long changes,

        @Schema(
                description = "The number of credential names that keep what they have for another reason",
                minimum = "0",
                examples = "0")
        long keeps,

        @Schema(
                description = "The number of credential names for which policies conflict after the change",
                minimum = "0",
                examples = "0")
        long conflicts,

        @Schema(
                description = "The number of live leases that end; a lease that another one replaces ends too",
                minimum = "0",
                examples = "2")
        int leasesEnded,

        @Schema(description = "The number of live leases of all controllers now", minimum = "0", examples = "40")
        long liveLeases,

        @Schema(
                description = "Why the changes are refused without confirm; absent if they would be stored",
                examples = "it would end 120 of 400 live leases")
        @Nullable
        String objection,

        @Schema(
                description = "The effects, the most harmful first; at most 1000, and 512 KiB",
                type = SchemaType.ARRAY,
                implementation = EffectView.class)
        List<Object> effects,

        @Schema(description = "The number of effects", minimum = "0", examples = "3")
        int effectCount,

        @Schema(
                description =
                        "The IAM roles that the changed policies name, with what reaches each after the change; at most 20,"
                                + " and 512 KiB of policies and tasks, which they share equally")
        List<ReachView> roles) {
    private static final int MOST_EFFECTS = 1000;

    /**
     * The answer to a caller, who sees the policies of the namespaces of its roles.
     *
     * @param others whether another controller has a host
     */
    static PreviewView of(Previewed previewed, Caller caller, Predicate<MesosAgentId> others, ObjectMapper json) {
        Sight before = Sight.of(caller, previewed.before());
        Sight after = Sight.of(caller, previewed.after());
        int share = RowsOfPage.BYTES / 2 / Math.max(1, previewed.roles().size());
        Map<Kind, Long> count = previewed.effects().count();
        return new PreviewView(
                BasisView.of(previewed.basis()),
                previewed.effects().touched(),
                count.getOrDefault(Kind.GAINS, 0L),
                count.getOrDefault(Kind.LOSES, 0L),
                count.getOrDefault(Kind.CHANGES, 0L),
                count.getOrDefault(Kind.KEEPS, 0L),
                previewed.effects().conflicts(),
                previewed.effects().ended().size(),
                previewed.live(),
                previewed.objection().orElse(null),
                JsonItems.of(
                                previewed.effects().effects().stream()
                                        .map(effect -> EffectView.of(effect, before, after, caller, others)),
                                MOST_EFFECTS,
                                RowsOfPage.BYTES / 2,
                                json)
                        .items(),
                previewed.effects().effects().size(),
                previewed.roles().stream()
                        .map(role -> ReachView.of(role, caller, others, share, json))
                        .toList());
    }
}
