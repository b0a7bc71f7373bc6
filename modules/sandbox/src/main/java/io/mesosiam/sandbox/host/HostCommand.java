package io.mesosiam.sandbox.host;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.mesosiam.sandbox.cluster.TaskSpec;
import java.util.List;

/** Commands to a host; each is answered with one line of JSON. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "command")
@JsonSubTypes({
    @JsonSubTypes.Type(value = HostCommand.Run.class, name = "run"),
    @JsonSubTypes.Type(value = HostCommand.Ask.class, name = "ask"),
    @JsonSubTypes.Type(value = HostCommand.AskOutside.class, name = "ask-outside"),
    @JsonSubTypes.Type(value = HostCommand.Finish.class, name = "finish"),
    @JsonSubTypes.Type(value = HostCommand.Destroy.class, name = "destroy")
})
public sealed interface HostCommand {
    /** Runs tasks that the master has launched: one command task, or the tasks of one pod. */
    record Run(List<TaskSpec> tasks) implements HostCommand {
        public Run {
            tasks = List.copyOf(tasks);
        }
    }

    /** Makes tasks request credentials, all at the same time; answered with one {@link CredentialResult} for each, in order. */
    record Ask(List<String> taskIds, How how) implements HostCommand {
        public Ask {
            taskIds = List.copyOf(taskIds);
        }
    }

    /** Makes a process of the host that is in no container request credentials; answered with one {@link CredentialResult}. */
    record AskOutside(How how) implements HostCommand {}

    /** Reports to the master that a task has finished, while one of its processes still runs. */
    record Finish(String taskId) implements HostCommand {}

    /** Ends all of a task's processes and removes its container. */
    record Destroy(String taskId) implements HostCommand {}

    /** The client with which a process requests credentials. */
    enum How {
        HTTP,
        SDK
    }
}
