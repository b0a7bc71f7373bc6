package io.mesosiam.lease;

import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.policy.CredentialName;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What must not come back: it covers every lease that agrees with all its parts that are set.
 *
 * @param sequence the one launch; empty for every launch of the task id, later ones too
 * @param reason for operators
 */
public record Withdrawal(
        Optional<FrameworkId> framework,
        Optional<TaskId> task,
        Optional<MesosAgentId> agent,
        OptionalLong sequence,
        Optional<CredentialName> name,
        String reason) {
    /** Of one lease's key alone. */
    public static Withdrawal of(LeaseKey key, String reason) {
        Launch launch = key.launch();
        return new Withdrawal(
                Optional.of(launch.key().framework()),
                Optional.of(launch.key().task()),
                Optional.of(launch.key().agent()),
                OptionalLong.of(launch.sequence()),
                Optional.of(key.name()),
                reason);
    }

    public boolean covers(LeaseKey key) {
        return touches(key.launch()) && agrees(name, key.name());
    }

    /** Whether it covers anything of this launch. */
    public boolean touches(Launch launch) {
        return agrees(framework, launch.key().framework())
                && agrees(task, launch.key().task())
                && agrees(agent, launch.key().agent())
                && (sequence.isEmpty() || sequence.getAsLong() == launch.sequence());
    }

    /** The launch, if it covers no other. */
    Optional<Launch> onlyLaunch() {
        return sequence.isEmpty() || framework.isEmpty() || task.isEmpty() || agent.isEmpty()
                ? Optional.empty()
                : Optional.of(new Launch(new TaskKey(framework.get(), task.get(), agent.get()), sequence.getAsLong()));
    }

    private static <T> boolean agrees(Optional<T> part, T value) {
        return part.map(value::equals).orElse(true);
    }
}
