package io.mesosiam.api.explain;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.api.Docs;
import io.mesosiam.api.LeaseView;
import io.mesosiam.api.sight.Sight;
import io.mesosiam.audit.AuditedEvent;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What a task had, and why. */
@Schema(
        name = "TaskHistory",
        description = "The leases that a task had, what gave them and why they ended, from the database",
        requiredProperties = {"frameworkId", "taskId", "leases", "events", "policyNames", "truncated"})
record TaskHistoryView(
        @Schema(description = Docs.FRAMEWORK_ID, examples = Docs.FRAMEWORK_ID_EXAMPLE)
        String frameworkId,

        @Schema(description = Docs.TASK_ID, examples = Docs.TASK_ID_EXAMPLE)
        String taskId,

        @Schema(
                description = "Its leases that the events name and that the database still has, of all launches and"
                        + " controllers; policyId and policyVersion say what gave each")
        List<LeaseView> leases,

        @Schema(description = "What happened, the oldest first")
        List<Event> events,

        @Schema(
                description =
                        "The names of the policies that leases and events point at, preceded by their namespaces unless"
                                + " that is the root, by id; deleted policies are absent",
                examples = "{\"2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55\": \"/data/nightly-report\"}")
        Map<String, String> policyNames,

        @Schema(description = "Whether there are older events than the newest 1000")
        boolean truncated) {
    /** One event. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "TaskEvent",
            description = "An audit event of a task",
            requiredProperties = {"id", "at", "kind", "message"})
    record Event(
            @Schema(description = "Of the audit event", examples = "1042")
            String id,

            @Schema(
                    description =
                            "When it happened, by the clock of the controller that saw it; else when it was written",
                    format = "date-time",
                    examples = Docs.TIME_EXAMPLE)
            String at,

            @Schema(description = "What happened", examples = "lease.reaped")
            String kind,

            @Schema(description = "The same in a sentence, with the reason", examples = "the task finished")
            String message,

            @Schema(description = Docs.MESOS_AGENT_ID, examples = Docs.MESOS_AGENT_ID_EXAMPLE) @Nullable
            String mesosAgentId,

            @Schema(description = Docs.LAUNCH_SEQUENCE, minimum = "1", examples = "1") @Nullable
            Long launchSequence,

            @Schema(description = Docs.CREDENTIAL_NAME, examples = Docs.CREDENTIAL_NAME_EXAMPLE) @Nullable
            String credentialName,

            @Schema(
                    description = "The lease's id; absent if it had none",
                    format = "uuid",
                    examples = Docs.UUID_EXAMPLE)
            @Nullable
            String leaseId,

            @Schema(description = "The policy that decided", format = "uuid", examples = Docs.UUID_EXAMPLE) @Nullable
            String policyId,

            @Schema(description = "The launch grant that gave it", format = "uuid", examples = Docs.UUID_EXAMPLE)
            @Nullable
            String grantId,

            @Schema(description = "The version of that policy", minimum = "1", examples = "3") @Nullable
            Long policyVersion,

            @Schema(description = Docs.IAM_ROLE_ARN, examples = Docs.IAM_ROLE_ARN_EXAMPLE) @Nullable
            String iamRoleArn) {
        static Event of(AuditedEvent event, Sight sight) {
            JsonObject json = event.json();
            return new Event(
                    json.getString("id"),
                    json.getString("reportedAt", json.getString("at")),
                    json.getString("kind"),
                    sight.sentence(json.getString("message", ""), event.given()),
                    json.getString("mesosAgentId"),
                    json.getLong("launchSequence"),
                    json.getString("credentialName"),
                    json.getString("leaseId"),
                    json.getString("policyId"),
                    json.getString("grantId"),
                    json.getLong("policyVersion"),
                    json.getString("iamRoleArn"));
        }
    }

    /** The leases that events name. */
    static List<UUID> leases(List<Event> events) {
        return events.stream()
                .flatMap(event -> java.util.stream.Stream.ofNullable(event.leaseId()))
                .distinct()
                .map(UUID::fromString)
                .toList();
    }
}
