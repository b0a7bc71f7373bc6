package io.mesosiam.lease.simulation;

import io.mesosiam.lease.GrantRows;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.policy.grant.LaunchGrant;
import io.mesosiam.policy.grant.LaunchGrant.State;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/** The rows of launch grants with the rules of the table. Writes are lost while it is away. */
public final class GrantsInMemory implements GrantRows {
    private final Map<UUID, LaunchGrant> rows = new HashMap<>();
    /** Grants whose launch has ended. */
    public final Set<UUID> ending = new HashSet<>();

    public boolean away;

    public void put(LaunchGrant grant) {
        rows.put(grant.id(), grant);
    }

    public State state(UUID id) {
        return Optional.ofNullable(rows.get(id)).map(LaunchGrant::state).orElseThrow();
    }

    public GrantSet read() {
        return GrantSet.of(rows.values());
    }

    /** Ends a grant as an operator does, or as it does when it expires. */
    public void end(UUID id, String how) {
        if (!(state(id) instanceof State.Ended)) {
            set(id, new State.Ended(how, state(id).holder()));
        }
    }

    @Override
    public void bind(PolicyId grant, TaskContainer launch) {
        if (!away && state(grant.value()) instanceof State.Unbound) {
            set(grant.value(), new State.Bound(launch));
        }
    }

    @Override
    public void suspend(PolicyId grant, TaskContainer second, Predicate<TaskContainer> hasEnded) {
        if (!away && state(grant.value()) instanceof State.Bound(TaskContainer first)) {
            set(
                    grant.value(),
                    hasEnded.test(first)
                            ? new State.Ended("ended with its task", Optional.of(first))
                            : new State.Suspended(first + " and " + second, Optional.of(first)));
        }
    }

    @Override
    public void ended(TaskContainer launch) {
        read().boundTo(launch).stream().map(LaunchGrant::id).forEach(this::ended);
    }

    private void ended(UUID grant) {
        ending.add(grant);
        if (!away) {
            end(grant, "ended with its task");
        }
    }

    private void set(UUID id, State state) {
        LaunchGrant grant = Optional.ofNullable(rows.get(id)).orElseThrow();
        rows.put(id, new LaunchGrant(grant.policy(), grant.taskId(), state));
    }
}
