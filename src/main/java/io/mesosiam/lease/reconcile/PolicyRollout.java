package io.mesosiam.lease.reconcile;

import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.cluster.PolicyDifference;
import io.mesosiam.policy.grant.GrantedTasks;
import java.util.Optional;
import java.util.Set;

/**
 * Brings each version of the policies to the launches that it touches, and states it to the hosts when every launch is
 * decided. Thread-safe.
 */
public final class PolicyRollout {
    /** How many hosts are sent a version in one hold of the lock. */
    private static final int BATCH = 50;

    private final StateLock<PublishedState> stateLock;
    private final ReconcilerState tracked;
    private final LaunchPlanning planning;
    private final Deliveries deliveries;

    PolicyRollout(
            StateLock<PublishedState> stateLock,
            ReconcilerState tracked,
            LaunchPlanning planning,
            Deliveries deliveries) {
        this.stateLock = stateLock;
        this.tracked = tracked;
        this.planning = planning;
        this.deliveries = deliveries;
    }

    /** Decisions use this version from now on, the first one: marks every launch. */
    public void changed(long version) {
        stateLock.change(() -> planning.mark(read(version)));
    }

    private Set<Launch> read(long version) {
        tracked.backoff().clear();
        Set<Launch> all = tracked.everyLaunch();
        tracked.policies().read(version, all);
        return all;
    }

    /**
     * Decisions use this version from now on. Marks the launches that its difference from the version before can touch, and
     * those in their containers, as routine work, and forgets the backoffs of their leases. An empty difference, such as
     * an update of a row to itself, marks all as routine work, and forgets all backoffs.
     */
    public void changed(long version, PolicyDifference difference) {
        // Without the lock: a launch that a later state shows is marked with that state.
        Set<Launch> touched = stateLock
                .read(tracked.launches()::state)
                .map(difference::touched)
                .orElse(Set.of());
        if (difference.isEmpty()) {
            stateLock.change(() -> planning.markRoutine(read(version)));
        } else {
            stateLock.change(() -> {
                Set<Launch> concerned = tracked.policyChanged(touched);
                tracked.policies().read(version, concerned);
                planning.markRoutine(concerned);
            });
        }
    }

    /** Marks the launches of these tasks, which other launch grants than before are for, and those in their containers. */
    public void grantsChanged(GrantedTasks concerned) {
        stateLock.change(
                () -> planning.mark(tracked.policyChanged(tracked.launches().of(concerned))));
    }

    /** A host's agent has applied all that was delivered up to this version. */
    public void applied(MesosAgentId host, long version) {
        stateLock.change(() -> tracked.policies().applied(host, version));
    }

    /** Which version is in effect where. */
    public PolicyEffect current() {
        return stateLock.published().policies();
    }

    /** Sends the decided version to hosts that have not been sent it. {@return whether there was one} */
    boolean send() {
        boolean any = false;
        for (int i = 0; i < BATCH; i++) {
            Optional<MesosAgentId> host = tracked.policies().nextUnsent();
            if (host.isEmpty()) {
                return any;
            }
            deliveries.policies(host.get(), tracked.policies().decided());
            any = true;
        }
        return any;
    }
}
