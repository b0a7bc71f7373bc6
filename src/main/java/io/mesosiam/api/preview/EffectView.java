package io.mesosiam.api.preview;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.api.Docs;
import io.mesosiam.preview.Effect;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
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

        @Schema(description = "The credentials without the change; absent if there are none") @Nullable
        GiftView before,

        @Schema(description = "The credentials with the change; absent if there are none") @Nullable
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

        @Schema(description = "The live lease that ends", format = "uuid", examples = Docs.UUID_EXAMPLE) @Nullable
        String endedLeaseId,

        @Schema(description = "Whether the host's agent is connected to this controller, which makes it end at once")
        boolean agentConnected) {
    static EffectView of(Effect effect) {
        return new EffectView(
                TaskView.of(effect.launch(), effect.task()),
                effect.name().value(),
                effect.kind().text(),
                GiftView.of(effect.before()),
                GiftView.of(effect.after()),
                effect.changed(),
                effect.conflict(),
                effect.undecided(),
                effect.refusal().map(code -> code.text()).orElse(null),
                effect.reason(),
                effect.ends().map(lease -> lease.id().toString()).orElse(null),
                effect.connected());
    }
}
