package io.mesosiam.lease.plan;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.plan.NameOutcome.Expired;
import io.mesosiam.lease.plan.NameOutcome.Issued;
import io.mesosiam.lease.plan.NameOutcome.Kept;
import io.mesosiam.lease.plan.NameOutcome.Postponed;
import io.mesosiam.lease.plan.NameOutcome.Refused;
import io.mesosiam.lease.plan.NameOutcome.Retained;
import io.mesosiam.policy.PolicyId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Compares what policy gives for one credential name with its lease, and with what the container's other tasks are
 * given.
 */
final class LeaseComparison {
    static final String ANOTHER_SESSION = "policies and grants now give another session";
    private static final String DIFFERENT =
            "tasks of one container are given different credentials, or are more than " + LaunchView.MOST_IN_CONTAINER;

    private final NameView name;
    private final ContainerNeighbours neighbours;

    LeaseComparison(NameView name) {
        this.name = name;
        this.neighbours = name.neighbours();
    }

    /**
     * Policy gives a session. No new one is issued until all tasks of the container agree on it. A session that policy
     * no longer gives ends at once.
     */
    NameOutcome given(DesiredLease.Give give) {
        Optional<ManagedLease> same = name.lease(give.hash());
        return switch (neighbours.accord(give.hash())) {
            case WITHDRAWN -> otherTaskWithdrawn();
            case DIFFERENT -> different();
            case OPEN -> same.isPresent() ? served(same, give) : new Postponed(ANOTHER_SESSION, neighbours.waiting());
            case AGREED -> served(same, give);
        };
    }

    private NameOutcome served(Optional<ManagedLease> same, DesiredLease.Give give) {
        return servedByOther(List.of())
                .orElseGet(() -> same.map(kept -> keep(kept, give, List.of())).orElseGet(() -> issued(give)));
    }

    private NameOutcome issued(DesiredLease.Give give) {
        return give.entitlement()
                        .endsAt()
                        .filter(end -> !name.now().isBefore(end))
                        .isPresent()
                ? expired(give.policy())
                : new Issued(give);
    }

    /** The lease of a policy gets no successor, which a row states; a grant's end is in its own row. */
    private static NameOutcome expired(PolicyId policy) {
        String why = "grant " + policy + " has expired";
        return policy.grant() ? new Refused(RefusalCode.NO_POLICY, why, why) : new Expired();
    }

    /**
     * Policies conflict. A conflict ends no lease: the container keeps its session while one of the policies gives the
     * same one, also if another task of the container has the lease.
     */
    NameOutcome conflicting(DesiredLease.Conflicting conflict) {
        Optional<String> identity = name.lease()
                .map(kept -> kept.lease().identityHash())
                .or(neighbours::boundIdentity)
                .filter(conflict::gives);
        if (identity.isEmpty()) {
            return new Refused(RefusalCode.CONFLICT, conflict.message(), conflict.message());
        }
        LeaseAction.Wait wait = name.waiting(WaitReason.CONFLICT, "the lease is kept although " + conflict.message());
        return switch (neighbours.accord(identity.get())) {
            case WITHDRAWN -> otherTaskWithdrawn();
            case DIFFERENT -> different();
            case OPEN, AGREED -> servedByOther(List.of(wait)).orElseGet(() -> keptInConflict(conflict, wait));
        };
    }

    private NameOutcome keptInConflict(DesiredLease.Conflicting conflict, LeaseAction.Wait wait) {
        return name.lease()
                .flatMap(kept -> conflict.giving(kept.lease()).map(give -> keep(kept, give, List.of(wait))))
                .orElseGet(() -> new Postponed(wait));
    }

    /**
     * Policy can't be evaluated yet. An existing lease is kept, unless policy or another task of the container is
     * definitely given another session.
     */
    NameOutcome undecided(DesiredLease.Undecided undecided) {
        LeaseAction.Wait wait = name.waiting(
                undecided instanceof DesiredLease.Unbound ? WaitReason.GRANT_UNBOUND : WaitReason.UNDECIDED,
                undecided.reason());
        return name.lease().map(kept -> undecided(undecided, kept, wait)).orElseGet(() -> new Postponed(wait));
    }

    private NameOutcome undecided(DesiredLease.Undecided undecided, ManagedLease kept, LeaseAction.Wait wait) {
        Lease lease = kept.lease();
        Optional<DesiredLease.Give> give = undecided.giving(lease).or(kept::under);
        return switch (neighbours.accord(lease.identityHash())) {
            case WITHDRAWN -> otherTaskWithdrawn();
            // a grant that is refused would not be bound
            case DIFFERENT ->
                give.isPresent() && !(undecided instanceof DesiredLease.Unbound)
                        ? different()
                        : unlessExpired(lease, new Postponed(DIFFERENT, wait));
            case OPEN, AGREED -> {
                if (undecided.excludes(lease.identityHash()) || isOfAnotherGrant(undecided, lease)) {
                    yield new Postponed(ANOTHER_SESSION, wait);
                }
                yield give.map(last -> keep(kept, last, List.of()))
                        .orElseGet(() -> unlessExpired(lease, new Retained(kept, wait)));
            }
        };
    }

    /** A second grant that gives something would be a conflict: while one has to be bound, the grant of the lease is over. */
    private static boolean isOfAnotherGrant(DesiredLease.Undecided undecided, Lease lease) {
        return undecided instanceof DesiredLease.Unbound unbound
                && lease.policy().grant()
                && !lease.policy().equals(unbound.grant());
    }

    private NameOutcome keep(ManagedLease kept, DesiredLease.Give give, List<LeaseAction.Wait> waits) {
        return TimeToLive.of(kept.lease(), give).isOver(name.now())
                ? expired(give.policy())
                : new Kept(kept, give, waits);
    }

    private NameOutcome unlessExpired(Lease lease, NameOutcome outcome) {
        return TimeToLive.recorded(lease).isOver(name.now()) ? expired(lease.policy()) : outcome;
    }

    private static NameOutcome different() {
        return new Refused(RefusalCode.CONFLICT, DIFFERENT, DIFFERENT);
    }

    private NameOutcome otherTaskWithdrawn() {
        String why = neighbours.withdrawn().orElseThrow().describe();
        return Refused.withdrawnFromNeighbour(why, name.waiting(WaitReason.OTHER_TASK_WITHDRAWN, why));
    }

    private Optional<NameOutcome> servedByOther(List<LeaseAction.Wait> waits) {
        return neighbours.servedBy().map(server -> {
            String why = "served by " + server + " in the same container";
            LeaseAction.Wait wait = name.waiting(WaitReason.SERVED_BY_OTHER_TASK, why);
            return new Postponed(
                    Optional.of(why),
                    Stream.concat(waits.stream(), Stream.of(wait)).toList());
        });
    }
}
