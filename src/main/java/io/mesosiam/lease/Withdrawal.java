package io.mesosiam.lease;

import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.policy.CredentialName;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Forbids leases: it covers every lease that agrees with all of the parts that are set.
 *
 * @param sequence one launch; empty for every launch of the task id, including later ones
 * @param reason for operators
 * @param madeBy the database user that inserted the row; empty for a withdrawal that was made here and has not been
 *     read from the table yet
 */
public record Withdrawal(
        Optional<FrameworkId> framework,
        Optional<TaskId> task,
        Optional<MesosAgentId> agent,
        OptionalLong sequence,
        Optional<CredentialName> name,
        String reason,
        Optional<String> madeBy) {
    /** A withdrawal that was not read from a row. */
    public Withdrawal(
            Optional<FrameworkId> framework,
            Optional<TaskId> task,
            Optional<MesosAgentId> agent,
            OptionalLong sequence,
            Optional<CredentialName> name,
            String reason) {
        this(framework, task, agent, sequence, name, reason, Optional.empty());
    }

    /** Returns this withdrawal with {@code user} as the database user that made it. */
    public Withdrawal by(String user) {
        return new Withdrawal(framework, task, agent, sequence, name, reason, Optional.of(user));
    }

    /** Returns this withdrawal without {@link #madeBy}, to compare a withdrawal made here with its row. */
    public Withdrawal unsigned() {
        return new Withdrawal(framework, task, agent, sequence, name, reason);
    }

    /** The reason and the database user that made it, for operators. */
    public String describe() {
        return reason + madeBy.map(user -> " (by " + user + ")").orElse("");
    }

    /** A withdrawal of a single lease key. */
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

    /** Whether it covers any lease of this launch. */
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
