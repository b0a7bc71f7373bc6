package io.mesosiam.lease;

import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.policy.CredentialName;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What must not come back: it covers every lease that agrees with all its parts that are set.
 *
 * @param sequence the one launch; empty for every launch of the task id, later ones too
 * @param reason for operators
 * @param madeBy the database user whose row it is; empty for one that is made here and not read yet
 */
public record Withdrawal(
        Optional<FrameworkId> framework,
        Optional<TaskId> task,
        Optional<MesosAgentId> agent,
        OptionalLong sequence,
        Optional<CredentialName> name,
        String reason,
        Optional<String> madeBy) {
    /** One that no row was read of. */
    public Withdrawal(
            Optional<FrameworkId> framework,
            Optional<TaskId> task,
            Optional<MesosAgentId> agent,
            OptionalLong sequence,
            Optional<CredentialName> name,
            String reason) {
        this(framework, task, agent, sequence, name, reason, Optional.empty());
    }

    /** The same as that database user's. */
    public Withdrawal by(String user) {
        return new Withdrawal(framework, task, agent, sequence, name, reason, Optional.of(user));
    }

    /** The same without a maker: how one that was made here compares with its row. */
    public Withdrawal unsigned() {
        return new Withdrawal(framework, task, agent, sequence, name, reason);
    }

    /** The reason, and who made it, for operators. */
    public String describe() {
        return reason + madeBy.map(user -> " (by " + user + ")").orElse("");
    }

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

    private static <T> boolean agrees(Optional<T> part, T value) {
        return part.map(value::equals).orElse(true);
    }
}
