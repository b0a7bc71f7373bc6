package io.mesosiam.lease.plan;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.policy.CredentialName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Compares the desired leases with the existing ones. Pure: the same view gives the same plan. After the plan has been
 * performed, the next plan contains no further actions.
 *
 * <p>Only a proven end, a policy or a withdrawal ends a lease. A task missing from a listing, an unreachable Mesos
 * agent, an unavailable master or a failure of STS does not. The full pass ends leases without a
 * session whose tasks neither the master nor the host shows.
 */
public final class LeasePlanner {
    private static final String ANOTHER_EXECUTOR =
            "a status names a container that Mesos launched for another executor";

    private final Duration outOfSightLimit;

    /**
     * Creates a planner.
     *
     * @param outOfSightLimit how long leases are renewed while only the host's agent reports the container
     */
    public LeasePlanner(Duration outOfSightLimit) {
        this.outOfSightLimit = outOfSightLimit;
    }

    public LeasePlan plan(LaunchView launch) {
        return new LeasePlan(Stream.concat(
                        contested(launch),
                        launch.names().stream().flatMap(name -> actions(new NameView(launch, name)).stream()))
                .toList());
    }

    /**
     * The plan for a running task whose host's agent is connected here.
     *
     * @param outcomes its {@link #outcomes}
     */
    public LeasePlan plan(LaunchView launch, Map<CredentialName, NameOutcome> outcomes) {
        List<LeaseAction> actions = new ArrayList<>();
        outcomes.forEach((name, outcome) -> actions.addAll(actions(new NameView(launch, name), outcome)));
        return new LeasePlan(actions);
    }

    /** The results of the rules for a running task, by credential name, as if its host's agent were connected here. */
    public Map<CredentialName, NameOutcome> outcomes(LaunchView launch) {
        Map<CredentialName, NameOutcome> outcomes = new LinkedHashMap<>();
        launch.names().forEach(name -> outcomes.put(name, outcome(new NameView(launch, name))));
        return outcomes;
    }

    /** Leases of a host change only while its agent is connected here. The proven end of a task is an exception. */
    private List<LeaseAction> actions(NameView name) {
        Optional<TaskEnd> end = name.launch().end();
        if (end.isPresent()) {
            return new EndedTask(name, end.get()).actions();
        }
        if (!name.launch().host().connected()) {
            return List.of(name.waiting(WaitReason.NO_AGENT, "no agent on the host is connected here"));
        }
        return actions(name, outcome(name));
    }

    /** Grants of other launches that this one claims are suspended, whatever is decided. */
    private static Stream<LeaseAction> contested(LaunchView launch) {
        return launch.end().isPresent() || !launch.host().connected()
                ? Stream.empty()
                : launch.contested().stream().map(LeaseAction.SuspendGrant::new);
    }

    /**
     * The order of the rules for a running task: a withdrawal overrides the policies; a task that is shown in a container of
     * another executor gets nothing; then what policy gives is compared with the lease, and with what the other tasks of the container are given.
     */
    private static NameOutcome outcome(NameView name) {
        Optional<Withdrawal> withdrawal = name.withdrawal();
        if (withdrawal.isPresent()) {
            return NameOutcome.Refused.withdrawn(withdrawal.get().reason());
        }
        if (name.launch().host().misplaced()) {
            return new NameOutcome.Postponed(
                    ANOTHER_EXECUTOR, name.waiting(WaitReason.ANOTHER_EXECUTOR, ANOTHER_EXECUTOR));
        }
        LeaseComparison comparison = new LeaseComparison(name);
        return switch (name.desired()) {
            case DesiredLease.Withdrawn withdrawn ->
                NameOutcome.Refused.withdrawn(withdrawn.by().reason());
            case DesiredLease.Refuse refuse -> refused(name, refuse);
            case DesiredLease.Impossible impossible -> impossible(name, impossible);
            case DesiredLease.Undecided undecided -> comparison.undecided(undecided);
            case DesiredLease.Conflicting conflict -> comparison.conflicting(conflict);
            case DesiredLease.Give give -> comparison.given(give);
        };
    }

    /** Without a matching policy, only a container that requested the name or had a lease gets a refusal. */
    private static NameOutcome refused(NameView name, DesiredLease.Refuse refuse) {
        return refuse.code() == RefusalCode.NO_POLICY && !name.isUsed()
                ? new NameOutcome.Unconcerned()
                : new NameOutcome.Refused(refuse.code(), refuse.message(), refuse.message());
    }

    private static NameOutcome impossible(NameView name, DesiredLease.Impossible impossible) {
        return new NameOutcome.Refused(
                RefusalCode.SESSION_IMPOSSIBLE,
                impossible.reason(),
                "a policy allows it, but no AWS session can be made for this task; the operators can see why",
                name.waiting(WaitReason.SESSION_IMPOSSIBLE, impossible.reason()));
    }

    /** Expresses an outcome as actions. */
    private List<LeaseAction> actions(NameView name, NameOutcome outcome) {
        NameActions actions = new NameActions(name);
        // a status can name any container, and a grant is bound once
        if (name.desired() instanceof DesiredLease.Unbound unbound
                && name.launch().host().alive()
                && !(outcome instanceof NameOutcome.Refused)) {
            actions.add(new LeaseAction.BindGrant(unbound.grant()));
        }
        switch (outcome) {
            case NameOutcome.Unconcerned _ -> {}
            case NameOutcome.Refused refused ->
                actions.reap(refused.reason(), refused.withdrawn())
                        .refuse(refused.code(), refused.reason(), refused.message())
                        .addAll(refused.waits());
            case NameOutcome.Postponed postponed -> {
                postponed.end().ifPresent(actions::reap);
                actions.clearRefusal().addAll(postponed.waits());
            }
            case NameOutcome.Expired _ ->
                actions.add(new LeaseAction.Withdraw(name.key(), TimeToLive.ENDED))
                        .addAll(actions(name, NameOutcome.Refused.withdrawn(TimeToLive.ENDED)));
            case NameOutcome.Kept kept ->
                actions.addAll(notServed(name, kept.lease().lease()))
                        .addAll(kept.waits())
                        .addAll(new AwsRefusal(name, kept.give()).actions())
                        .addAll(TimeToLive.of(kept.lease().lease(), kept.give())
                                .actions(name, kept.lease().lease(), kept.give()))
                        .addAll(new SessionUpkeep(name, outOfSightLimit).keep(kept.lease(), kept.give()));
            case NameOutcome.Retained retained ->
                actions.clearRefusal()
                        .addAll(TimeToLive.recorded(retained.lease().lease()).waits(name))
                        .addAll(new SessionUpkeep(name, outOfSightLimit).retain(retained));
            case NameOutcome.Issued issued ->
                actions.reap(LeaseComparison.ANOTHER_SESSION)
                        .addAll(new AwsRefusal(name, issued.give()).actions())
                        .addAll(new SessionUpkeep(name, outOfSightLimit).issue(issued.give()));
        }
        return actions.toList();
    }

    /** Reported before everything else that the name waits for. */
    private static List<LeaseAction> notServed(NameView name, Lease lease) {
        return lease.state().isServed()
                ? name.notServed().stream()
                        .<LeaseAction>map(why -> name.waiting(WaitReason.NOT_SERVED, why))
                        .toList()
                : List.of();
    }
}
