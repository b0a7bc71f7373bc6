package io.mesosiam.lease.store;

import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ClusterState.Completeness;
import java.util.Optional;

/**
 * The frameworks and Mesos agents that the cluster shows, to find withdrawals that name another one: such an id is
 * mistyped, or what it names has ended. Absent while the cluster isn't seen completely, because a missing id proves
 * nothing then.
 */
final class ShownIds {
    private final ClusterState state;

    private ShownIds(ClusterState state) {
        this.state = state;
    }

    static Optional<ShownIds> of(ClusterState state) {
        return state.leader().isPresent() && state.masterAnswers() && state.view() instanceof Completeness.Whole
                ? Optional.of(new ShownIds(state))
                : Optional.empty();
    }

    /**
     * The framework or the Mesos agent of the withdrawal that the cluster doesn't show. A withdrawal of a single launch
     * has none: launches end, and controllers write such rows. A task id that the cluster doesn't show is none either,
     * because the task may start later.
     */
    Optional<String> missing(Withdrawal withdrawal) {
        if (withdrawal.sequence().isPresent()) {
            return Optional.empty();
        }
        Optional<String> framework = withdrawal
                .framework()
                .filter(id -> state.framework(id).isEmpty())
                .map(id -> "framework_id " + id);
        return framework.or(
                () -> withdrawal.agent().filter(id -> state.agent(id).isEmpty()).map(id -> "mesos_agent_id " + id));
    }
}
