package io.mesosiam.api.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.api.Docs;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A running task, with its credentials. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "RunningTask",
        description = "A task that has not ended, with its credentials as the newest plan left them",
        requiredProperties = {
            "launchId",
            "frameworkId",
            "taskId",
            "mesosAgentId",
            "launchSequence",
            "name",
            "state",
            "mesosRole",
            "witnessed",
            "credentials",
            "credentialNames"
        })
public record TaskView(
        @Schema(
                description = "The launch: FRAMEWORK/TASK@MESOS-AGENT#SEQUENCE. Sorted by framework, task, Mesos agent"
                        + " and sequence",
                examples = Docs.FRAMEWORK_ID_EXAMPLE + "/" + Docs.TASK_ID_EXAMPLE + "@" + Docs.MESOS_AGENT_ID_EXAMPLE
                        + "#1")
        String launchId,

        @Schema(description = Docs.FRAMEWORK_ID, examples = Docs.FRAMEWORK_ID_EXAMPLE)
        String frameworkId,

        @Schema(description = Docs.TASK_ID, examples = Docs.TASK_ID_EXAMPLE)
        String taskId,

        @Schema(description = Docs.MESOS_AGENT_ID, examples = Docs.MESOS_AGENT_ID_EXAMPLE)
        String mesosAgentId,

        @Schema(description = Docs.LAUNCH_SEQUENCE, minimum = "1", examples = "1")
        long launchSequence,

        @Schema(description = "The task's name", examples = "report")
        String name,

        @Schema(description = "Its state, as the master reports it", examples = "TASK_RUNNING")
        String state,

        @Schema(description = "The framework's name; absent until the master has reported it", examples = "marathon")
        @Nullable
        String frameworkName,

        @Schema(
                description =
                        "The principal with which the framework authenticated; absent if it did not, or isn't known",
                examples = "svc-reporting")
        @Nullable
        String frameworkPrincipal,

        @Schema(description = "The Mesos role that its resources are allocated to", examples = "data/reporting")
        String mesosRole,

        @Schema(
                description = "The Mesos agent's host name; absent if the cluster doesn't show it",
                examples = "host7.example")
        @Nullable
        String hostname,

        @Schema(description = Docs.CONTAINER_ID + "; absent until it is known", examples = Docs.CONTAINER_ID_EXAMPLE)
        @Nullable
        String containerId,

        @Schema(description = Docs.WITNESSED) boolean witnessed,

        @Schema(
                description = "The controller that claimed the host last; absent if none did, or if the database"
                        + " doesn't answer",
                examples = "master2.example")
        @Nullable
        String controllerId,

        @Schema(
                description =
                        "all: every credential name that concerns the task is served. some: not every one. none."
                                + " unknown: the agent of its host is connected to 'controllerId', which knows; the database shows no lease",
                enumeration = {"all", "some", "none", "unknown"},
                examples = "all")
        String credentials,

        @Schema(
                description =
                        "Why it doesn't have all, as in metrics and explanations: of the first credential name"
                                + " that isn't served; NoPolicy if no policy gives it any, no-agent if no agent on the host is connected to a"
                                + " controller, not-started while the master doesn't name its container, other-controller for unknown",
                examples = "no-session")
        @Nullable
        String reasonCode,

        @Schema(description = "The same in a sentence", examples = "no policy gives the task credentials") @Nullable
        String reason,

        @Schema(
                description =
                        "What it has for each credential name, by name. Empty for unknown, and if no policy gives"
                                + " it any. On a host of another controller, the names with a lease in the database, alone. A caller without a role in / sees the names that its own policies concern")
        List<TaskCredentialView> credentialNames) {}
