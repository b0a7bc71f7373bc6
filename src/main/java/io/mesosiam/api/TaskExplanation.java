package io.mesosiam.api;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Why a task has what it has, or hasn't. */
@Schema(
        description = "Why a task has what it has",
        requiredProperties = {"frameworkId", "taskId", "policyVersion", "clusterVersion", "launches"})
public record TaskExplanation(
        @Schema(description = Docs.FRAMEWORK_ID, examples = Docs.FRAMEWORK_ID_EXAMPLE)
        String frameworkId,

        @Schema(description = Docs.TASK_ID, examples = Docs.TASK_ID_EXAMPLE)
        String taskId,

        @Schema(description = "The version of the policy table that was decided by", minimum = "0", examples = "17")
        long policyVersion,

        @Schema(
                description = "The version of the cluster's state that was decided by; only this controller counts it",
                minimum = "0",
                examples = "4711")
        long clusterVersion,

        @Schema(description = "Each launch of the task id that is known, the newest first")
        List<ExplainedLaunch> launches) {
    /** Why each task of a search has what it has. */
    @Schema(
            name = "TaskExplanations",
            description = "Why each launch that was found has what it has",
            requiredProperties = {"policyVersion", "clusterVersion", "launches", "truncated"})
    public record Found(
            @Schema(description = "The version of the policy table that was decided by", minimum = "0", examples = "17")
            long policyVersion,

            @Schema(
                    description =
                            "The version of the cluster's state that was decided by; only this controller counts it",
                    minimum = "0",
                    examples = "4711")
            long clusterVersion,

            @Schema(description = "Launches that haven't ended first")
            List<ExplainedLaunch> launches,

            @Schema(description = "Whether there are more than 'limit'")
            boolean truncated) {}
}
