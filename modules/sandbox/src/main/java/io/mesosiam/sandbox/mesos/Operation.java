package io.mesosiam.sandbox.mesos;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.cluster.FrameworkSpec;
import io.mesosiam.sandbox.cluster.Placement;
import io.mesosiam.sandbox.cluster.SandboxCluster;
import io.mesosiam.sandbox.cluster.TaskKey;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.cluster.TaskState;

/**
 * Operations on a cluster by schedulers, Mesos agents and the test itself, as sent between processes of the sandbox.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "operation")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Operation.Register.class, name = "register"),
    @JsonSubTypes.Type(value = Operation.Subscribe.class, name = "subscribe"),
    @JsonSubTypes.Type(value = Operation.Resubscribe.class, name = "resubscribe"),
    @JsonSubTypes.Type(value = Operation.Launch.class, name = "launch"),
    @JsonSubTypes.Type(value = Operation.Starting.class, name = "starting"),
    @JsonSubTypes.Type(value = Operation.Running.class, name = "running"),
    @JsonSubTypes.Type(value = Operation.UpdateStatus.class, name = "says"),
    @JsonSubTypes.Type(value = Operation.FailOver.class, name = "fail-over"),
    @JsonSubTypes.Type(value = Operation.Recover.class, name = "recover"),
    @JsonSubTypes.Type(value = Operation.Reregister.class, name = "returns"),
    @JsonSubTypes.Type(value = Operation.Followers.class, name = "followers")
})
public sealed interface Operation {
    /** {@link SandboxCluster#register}. */
    record Register(AgentSpec agent) implements Operation {}

    /** {@link SandboxCluster#subscribe(FrameworkSpec)}. */
    record Subscribe(FrameworkSpec framework) implements Operation {}

    /** {@link SandboxCluster#resubscribe}. */
    record Resubscribe(String frameworkId, FrameworkSpec framework) implements Operation {}

    /** {@link SandboxCluster#launch}. */
    record Launch(TaskSpec task) implements Operation {}

    /** {@link SandboxCluster#starting}. */
    record Starting(TaskKey task, Placement placement) implements Operation {}

    /** {@link SandboxCluster#running(TaskKey)}. */
    record Running(TaskKey task) implements Operation {}

    /** {@link SandboxCluster#updateStatus}. */
    record UpdateStatus(TaskKey task, TaskState state, String message) implements Operation {}

    /** {@link SandboxMaster#failOver}. */
    record FailOver() implements Operation {}

    /** {@link SandboxMaster#recover}. */
    record Recover() implements Operation {}

    /** {@link SandboxCluster#reregister}. */
    record Reregister(String agentId) implements Operation {}

    /** {@link SandboxCluster#subscribers}; answered with the number. */
    record Followers() implements Operation {}

    /**
     * Applies the operation.
     *
     * @return the id that it created, the number that it queried, or an empty text
     */
    default String applyTo(SandboxMaster master) {
        SandboxCluster cluster = master.cluster();
        switch (this) {
            case Register(AgentSpec agent) -> {
                return cluster.register(agent);
            }
            case Subscribe(FrameworkSpec framework) -> {
                return cluster.subscribe(framework);
            }
            case Resubscribe(String frameworkId, FrameworkSpec framework) ->
                cluster.resubscribe(frameworkId, framework);
            case Launch(TaskSpec task) -> cluster.launch(task);
            case Starting(TaskKey task, Placement placement) -> cluster.starting(task, placement);
            case Running(TaskKey task) -> cluster.running(task);
            case UpdateStatus(TaskKey task, TaskState state, String message) ->
                cluster.updateStatus(task, state, message);
            case FailOver() -> master.failOver();
            case Recover() -> master.recover();
            case Reregister(String agentId) -> cluster.reregister(agentId);
            case Followers() -> {
                return Integer.toString(cluster.subscribers());
            }
        }
        return "";
    }
}
