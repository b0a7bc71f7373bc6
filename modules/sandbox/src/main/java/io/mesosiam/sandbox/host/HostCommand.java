package io.mesosiam.sandbox.host;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.mesosiam.sandbox.mesos.TaskSpec;
import java.util.List;

/** What a host is told to do; each is answered with one line of JSON. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "command")
@JsonSubTypes({
    @JsonSubTypes.Type(value = HostCommand.Run.class, name = "run"),
    @JsonSubTypes.Type(value = HostCommand.Ask.class, name = "ask"),
    @JsonSubTypes.Type(value = HostCommand.AskOutside.class, name = "ask-outside"),
    @JsonSubTypes.Type(value = HostCommand.Finish.class, name = "finish"),
    @JsonSubTypes.Type(value = HostCommand.Destroy.class, name = "destroy")
})
public sealed interface HostCommand {
    /** Runs what the master has launched: one command task, or the tasks of one pod. */
    record Run(List<TaskSpec> tasks) implements HostCommand {
        public Run {
            tasks = List.copyOf(tasks);
        }
    }

    /** Lets tasks ask for credentials, all at the same time; answered with an {@link Asked} for each, in order. */
    record Ask(List<String> taskIds, How how) implements HostCommand {
        public Ask {
            taskIds = List.copyOf(taskIds);
        }
    }

    /** The same for a process of the host that is in no container; answered with one. */
    record AskOutside(How how) implements HostCommand {}

    /** Tells the master that a task has finished, while a process of its own is still there. */
    record Finish(String taskId) implements HostCommand {}

    /** Ends all of a task's processes and removes its container. */
    record Destroy(String taskId) implements HostCommand {}

    /** With what a process asks. */
    enum How {
        HTTP,
        SDK
    }
}
