package io.mesosiam.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.SubjectValues;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The values of a task that policies can match, as the cluster shows them. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "ExplainedTask",
        description = "The task's own values, which selectors are compared with. An absent value is not known now, or"
                + " not set",
        requiredProperties = {"name", "mesosRole", "labels"})
public record ExplainedTask(
        @Schema(description = "The task's name", examples = "report")
        String name,

        @Schema(description = "The user that the task runs as: its own, else its framework's", examples = "reporting")
        @Nullable
        String user,

        @Schema(description = "The container image as the framework wrote it", examples = "registry.example/report:3")
        @Nullable
        String image,

        @Schema(description = "As Mesos has them: a key can occur twice")
        List<ExplainedLabel> labels,

        @Schema(description = "The Mesos role that its resources are allocated to", examples = "data/reporting")
        String mesosRole,

        @Schema(description = "The framework's name", examples = "marathon") @Nullable
        String frameworkName,

        @Schema(description = "The principal with which the framework authenticated", examples = "svc-reporting")
        @Nullable
        String frameworkPrincipal,

        @Schema(description = "The attributes of the Mesos agent, by name") @Nullable
        Map<String, String> agentAttributes,

        @Schema(description = "The Mesos agent's host name", examples = "host7.example") @Nullable
        String hostname) {
    /** One label. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Label", description = "A label of a task", requiredProperties = "key")
    public record ExplainedLabel(
            @Schema(description = "Its key, or U+FFFD for labels that are not kept", examples = "team")
            String key,

            @Schema(description = "Its value; absent if it has none", examples = "data") @Nullable
            String value) {
        static ExplainedLabel of(Label label) {
            return new ExplainedLabel(label.key(), label.value().orElse(null));
        }
    }

    public static ExplainedTask of(Subject subject) {
        SubjectValues values = new SubjectValues(subject);
        return new ExplainedTask(
                subject.task().name(),
                values.user().orElse(null),
                subject.task().image().orElse(null),
                subject.task().labels().stream().map(ExplainedLabel::of).toList(),
                subject.task().role().value(),
                subject.framework().map(Framework::name).orElse(null),
                subject.framework().flatMap(Framework::principal).orElse(null),
                values.attributes().orElse(null),
                subject.agent().map(MesosAgent::hostname).orElse(null));
    }
}
