package io.mesosiam.api.preview;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.api.Docs;
import io.mesosiam.api.sight.Sight;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.preview.Effect;
import io.mesosiam.signin.Caller;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What a change does to one credential name of one running task. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "PreviewedEffect",
        description = "What the change does to one credential name of one running task",
        requiredProperties = {
            "task",
            "credentialName",
            "kind",
            "changed",
            "conflict",
            "undecided",
            "reason",
            "agentConnected"
        })
public record EffectView(
        @Schema(description = "The launch of the task") TaskView task,

        @Schema(description = Docs.CREDENTIAL_NAME, examples = Docs.CREDENTIAL_NAME_EXAMPLE)
        String credentialName,

        @Schema(
                description = "What happens to it. keeps: the task keeps what it has, or nothing, for another reason",
                enumeration = {"gains", "loses", "changes", "keeps"},
                examples = "loses")
        String kind,

        @Schema(
                description =
                        "The credentials without the change; absent if there are none, or if a policy of a namespace gives them that the caller doesn't see")
        @Nullable
        GiftView before,

        @Schema(
                description =
                        "The credentials with the change; absent if there are none, or if a policy of a namespace gives them that the caller doesn't see")
        @Nullable
        GiftView after,

        @Schema(
                description =
                        "What differs in the credentials before and after, as fields of a policy's content. Values are"
                                + " not shown",
                examples = "[\"tags\"]")
        List<String> changed,

        @Schema(description = "Whether policies conflict after the change: a lease is kept, and nothing new is given")
        boolean conflict,

        @Schema(description = "Whether it can't be decided yet what the policies give after the change")
        boolean undecided,

        @Schema(
                description = "The code with which the task's container is refused the name after the change",
                examples = "NoPolicy")
        @Nullable
        String refusal,

        @Schema(
                description = "Why there are no credentials, or no new ones, after the change; may be empty",
                examples = "no policy gives it")
        String reason,

        @Schema(
                description =
                        "The live lease that ends; absent if none does, or if a policy of a namespace gives it that the caller doesn't see",
                format = "uuid",
                examples = Docs.UUID_EXAMPLE)
        @Nullable
        String endedLeaseId,

        @Schema(description = "Whether the host's agent is connected to a controller, which makes it end at once")
        boolean agentConnected) {
    /** A policy in a sentence is written as its path, such as {@code /data/reporting/nightly}. */
    private static final Pattern PATH = Pattern.compile("(?:^|[ \"'(])(/[^\\s,:;\"')]*)");

    /**
     * The answer to a caller, who sees what policies of the namespaces of its roles give.
     *
     * @param before what it may know of the policies without the change
     * @param after what it may know of those with the change
     * @param others whether another controller has a host
     */
    static EffectView of(Effect effect, Sight before, Sight after, Caller caller, Predicate<MesosAgentId> others) {
        Predicate<PolicyId> seen = policy -> before.sees(policy) || after.sees(policy);
        return new EffectView(
                TaskView.of(effect.launch(), effect.task()),
                effect.name().value(),
                effect.kind().text(),
                GiftView.of(effect.before().filter(gift -> seen.test(gift.policy()))),
                GiftView.of(effect.after().filter(gift -> seen.test(gift.policy()))),
                effect.changed(),
                effect.conflict(),
                effect.undecided(),
                effect.refusal().map(code -> code.text()).orElse(null),
                seen(effect.reason(), after, caller),
                effect.ends()
                        .filter(lease -> seen.test(lease.policy()))
                        .map(lease -> lease.id().toString())
                        .orElse(null),
                effect.connected() || others.test(effect.launch().key().agent()));
    }

    private static String seen(String reason, Sight sight, Caller caller) {
        boolean all = PATH.matcher(reason)
                .results()
                .map(path -> path.group(1))
                .map(path -> path.substring(0, Math.max(1, path.lastIndexOf('/'))))
                .allMatch(caller::sees);
        String shown = sight.sentence(reason);
        // the path of a policy of the root has no slash
        return all && !shown.contains(Sight.HIDDEN) && !shown.contains(Sight.HIDDEN_GRANT)
                ? shown
                : "a policy of another namespace decides it";
    }
}
