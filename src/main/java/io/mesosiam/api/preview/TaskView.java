package io.mesosiam.api.preview;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.api.Docs;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A launch of a task that a preview names. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "PreviewedTask",
        description = "A running launch of a task",
        requiredProperties = {"frameworkId", "taskId", "mesosAgentId", "launchSequence"})
public record TaskView(
        @Schema(description = Docs.FRAMEWORK_ID, examples = Docs.FRAMEWORK_ID_EXAMPLE)
        String frameworkId,

        @Schema(description = Docs.TASK_ID, examples = Docs.TASK_ID_EXAMPLE)
        String taskId,

        @Schema(description = Docs.MESOS_AGENT_ID, examples = Docs.MESOS_AGENT_ID_EXAMPLE)
        String mesosAgentId,

        @Schema(description = Docs.LAUNCH_SEQUENCE, minimum = "1", examples = "1")
        long launchSequence,

        @Schema(description = "The task's name; absent if only a lease names the launch", examples = "report") @Nullable
        String name) {
    static TaskView of(Launch launch, Optional<LaunchedTask> task) {
        return new TaskView(
                launch.key().framework().value(),
                launch.key().task().value(),
                launch.key().agent().value(),
                launch.sequence(),
                task.map(known -> known.task().name()).orElse(null));
    }
}
