package io.mesosiam.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Explains the leases of one task, or why it has none. */
@Schema(
        description = "Why a task has its credentials, or none",
        requiredProperties = {
            "controller",
            "frameworkId",
            "taskId",
            "policyVersion",
            "clusterVersion",
            "launches",
            "truncated"
        })
public record TaskExplanation(
        @Schema(description = Docs.CONTROLLER, examples = Docs.CONTROLLER_EXAMPLE)
        String controller,

        @Schema(description = Docs.FRAMEWORK_ID, examples = Docs.FRAMEWORK_ID_EXAMPLE)
        String frameworkId,

        @Schema(description = Docs.TASK_ID, examples = Docs.TASK_ID_EXAMPLE)
        String taskId,

        @Schema(description = "The version of the policy table that the decisions used", minimum = "0", examples = "17")
        long policyVersion,

        @Schema(
                description = "The version of the cluster's state that the decisions used; a count of this"
                        + " controller only",
                minimum = "0",
                examples = "4711")
        long clusterVersion,

        @Schema(
                description = "Known launches of the task id, newest first, until they are 1000 or have 1 MiB",
                type = SchemaType.ARRAY,
                implementation = ExplainedLaunch.class)
        List<Object> launches,

        @Schema(description = "Whether there are older launches")
        boolean truncated) {
    /** Explains each task of a search. */
    @Schema(
            name = "TaskExplanations",
            description = "Why each launch found has its credentials, or none",
            requiredProperties = {"controller", "policyVersion", "clusterVersion", "launches", "truncated"})
    public record Found(
            @Schema(description = Docs.CONTROLLER, examples = Docs.CONTROLLER_EXAMPLE)
            String controller,

            @Schema(
                    description = "The version of the policy table that the decisions used",
                    minimum = "0",
                    examples = "17")
            long policyVersion,

            @Schema(
                    description = "The version of the cluster's state that the decisions used; a count of this"
                            + " controller only",
                    minimum = "0",
                    examples = "4711")
            long clusterVersion,

            @Schema(
                    description =
                            "Launches that haven't ended first. They end once they have 1 MiB, also if they are fewer than"
                                    + " 'limit'",
                    type = SchemaType.ARRAY,
                    implementation = ExplainedLaunch.class)
            List<Object> launches,

            @Schema(description = "Whether more were found than 'launches' has")
            boolean truncated,

            @Schema(description = "What an empty list means; absent if something was found")
            @JsonInclude(JsonInclude.Include.NON_NULL)
            @Nullable
            String note) {}
}
