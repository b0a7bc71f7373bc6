package io.mesosiam.lease;

import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.PolicyId;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Forbids leases: it covers every lease that agrees with all of the parts that are set.
 *
 * @param given which sessions of these leases; usually all
 * @param sequence one launch; empty for every launch of the task id, including later ones
 * @param reason for operators
 * @param madeBy the caller of the API that withdrew it, or the database user that inserted the row; empty for a withdrawal that was made here and has not been
 *     read from the table yet
 * @param id of its row, by which it is lifted; empty until it has been read from the table
 */
public record Withdrawal(
        Optional<FrameworkId> framework,
        Optional<TaskId> task,
        Optional<MesosAgentId> agent,
        OptionalLong sequence,
        Optional<CredentialName> name,
        Given given,
        String reason,
        Optional<String> madeBy,
        Optional<UUID> id) {
    /**
     * What is given to a lease.
     *
     * @param policy only what this policy gives
     * @param role only sessions of this IAM role
     */
    public record Given(Optional<PolicyId> policy, Optional<IamRole> role) {
        public static final Given ANYTHING = new Given(Optional.empty(), Optional.empty());

        boolean includes(PolicyId by, IamRole of) {
            return agrees(policy, by) && agrees(role, of);
        }
    }

    /** A withdrawal whose row has no id that is known. */
    public Withdrawal(
            Optional<FrameworkId> framework,
            Optional<TaskId> task,
            Optional<MesosAgentId> agent,
            OptionalLong sequence,
            Optional<CredentialName> name,
            Given given,
            String reason,
            Optional<String> madeBy) {
        this(framework, task, agent, sequence, name, given, reason, madeBy, Optional.empty());
    }

    /** A withdrawal of everything that these leases are given. */
    public Withdrawal(
            Optional<FrameworkId> framework,
            Optional<TaskId> task,
            Optional<MesosAgentId> agent,
            OptionalLong sequence,
            Optional<CredentialName> name,
            String reason,
            Optional<String> madeBy) {
        this(framework, task, agent, sequence, name, Given.ANYTHING, reason, madeBy);
    }

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
        return new Withdrawal(framework, task, agent, sequence, name, given, reason, Optional.of(user), id);
    }

    /** Returns this withdrawal with the id of its row. */
    public Withdrawal withId(UUID row) {
        return new Withdrawal(framework, task, agent, sequence, name, given, reason, madeBy, Optional.of(row));
    }

    /** Returns this withdrawal without {@link #madeBy} and {@link #id}, to compare a withdrawal made here with its row. */
    public Withdrawal unsigned() {
        return new Withdrawal(framework, task, agent, sequence, name, given, reason, Optional.empty());
    }

    /** The reason, who made it and its id, for operators. */
    public String describe() {
        String row = Stream.concat(
                        madeBy.map(user -> "by " + user).stream(), id.map(known -> "withdrawal " + known).stream())
                .collect(Collectors.joining(", "));
        return row.isEmpty() ? reason : reason + " (" + row + ")";
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

    /** The launch to which it is limited, whatever is given to it; empty if it is not limited to one. */
    public Optional<Launch> launch() {
        return sequence.isEmpty()
                        || framework.isEmpty()
                        || task.isEmpty()
                        || agent.isEmpty()
                        || !given.equals(Given.ANYTHING)
                ? Optional.empty()
                : Optional.of(new Launch(new TaskKey(framework.get(), task.get(), agent.get()), sequence.getAsLong()));
    }

    /** Whether it covers a lease of this key, whatever the lease is given. */
    public boolean covers(LeaseKey key) {
        return given.equals(Given.ANYTHING) && touches(key.launch()) && agrees(name, key.name());
    }

    /** Whether it covers a lease of this key to which that policy gives that role. */
    public boolean covers(LeaseKey key, PolicyId policy, IamRole role) {
        return given.includes(policy, role) && touches(key.launch()) && agrees(name, key.name());
    }

    public boolean covers(Lease lease) {
        return covers(lease.key(), lease.policy(), lease.role());
    }

    /** Whether it may cover a lease of this launch. */
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
