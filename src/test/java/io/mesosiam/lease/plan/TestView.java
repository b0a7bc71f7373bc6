package io.mesosiam.lease.plan;

import static io.mesosiam.lease.plan.TestLeases.A;
import static io.mesosiam.lease.plan.TestLeases.CONTAINER;
import static io.mesosiam.lease.plan.TestLeases.LAUNCH;
import static io.mesosiam.lease.plan.TestLeases.NAME;
import static io.mesosiam.lease.plan.TestLeases.NOW;
import static io.mesosiam.lease.plan.TestLeases.OTHER;
import static io.mesosiam.lease.plan.TestLeases.THIRD;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A view under construction: a running task with a container on a connected host, without desired leases or leases.
 */
final class TestView {
    private static final LeaseId ID = new LeaseId(new UUID(1, 1));

    private boolean known = true;
    private Optional<ContainerId> container = Optional.of(CONTAINER);
    private Optional<TaskEnd> end = Optional.empty();
    private final Map<CredentialName, DesiredLease> desiredLeases = new HashMap<>();
    private Optional<LeaseState> lease = Optional.empty();
    private boolean leaseBound = true;
    private Duration leaseAge = Duration.ofMinutes(30);
    private Optional<Instant> leaseUntil = Optional.empty();
    private boolean adopted;
    private boolean requesting;
    private Optional<Refusal> refusal = Optional.empty();
    private Set<CredentialName> asked = Set.of();
    private List<Withdrawal> withdrawals = List.of();
    private Map<CredentialName, SessionBackoff> backoff = Map.of();
    private Map<CredentialName, String> notServed = Map.of();
    private List<LaunchView.Neighbour> neighbours = List.of();
    private boolean connected = true;
    private boolean alive = true;
    private boolean misplaced;
    private boolean full;
    private Optional<Instant> outOfSight = Optional.empty();
    private boolean open = true;

    static TestView view() {
        return new TestView();
    }

    boolean hasLease() {
        return lease.isPresent();
    }

    @Override
    public String toString() {
        return "lease " + lease.map(LeaseState::text).orElse("none") + (leaseBound ? "" : " without a container")
                + ", desired " + desiredLeases + ", neighbours " + neighbours;
    }

    TestView unbound() {
        container = Optional.empty();
        return this;
    }

    TestView absent() {
        known = false;
        return this;
    }

    TestView ended() {
        end = Optional.of(new TaskEnd.Terminal(TaskState.FINISHED));
        return this;
    }

    TestView desired(DesiredLease desired) {
        desiredLeases.put(NAME, desired);
        return this;
    }

    TestView lease(LeaseState state) {
        lease = Optional.of(state);
        return this;
    }

    TestView leaseUnbound() {
        leaseBound = false;
        return this;
    }

    TestView leaseAge(Duration age) {
        leaseAge = age;
        return this;
    }

    TestView leaseUntil(Instant end) {
        leaseUntil = Optional.of(end);
        return this;
    }

    /** As after a controller's start: what the session was requested for is not known. */
    TestView adopted() {
        adopted = true;
        return this;
    }

    TestView requesting() {
        requesting = true;
        return this;
    }

    TestView refused(RefusalCode code, String message) {
        refusal = Optional.of(new Refusal(new LeaseKey(LAUNCH, NAME), CONTAINER, code, message));
        return this;
    }

    TestView refusedByAws() {
        return refused(
                RefusalCode.REFUSED_BY_AWS,
                "a policy allows it, but AWS refuses the session; the operators can see why");
    }

    TestView asked() {
        asked = Set.of(NAME);
        return this;
    }

    TestView withdrawn() {
        withdrawals = List.of(Withdrawal.of(new LeaseKey(LAUNCH, NAME), "revoked"));
        return this;
    }

    /** A withdrawal of what is given, whatever the launch. */
    TestView withdrawn(Withdrawal.Given given) {
        withdrawals = List.of(new Withdrawal(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                given,
                "revoked",
                Optional.empty()));
        return this;
    }

    TestView backoff(int seconds) {
        return backoff(seconds, Optional.empty());
    }

    TestView backoff(int seconds, Optional<String> refusal) {
        backoff = Map.of(NAME, new SessionBackoff(1, NOW.plusSeconds(seconds), refusal));
        return this;
    }

    TestView notServed() {
        notServed = Map.of(NAME, "its clock is wrong");
        return this;
    }

    TestView neighbour(DesiredLease desired, boolean bound) {
        neighbours = List.of(new LaunchView.Neighbour(
                OTHER, true, Map.of(NAME, desired), bound ? Map.of(NAME, A.hash()) : Map.of()));
        return this;
    }

    /** Adds another task of the container. */
    TestView third(DesiredLease desired) {
        neighbours = Stream.concat(
                        neighbours.stream(),
                        Stream.of(new LaunchView.Neighbour(THIRD, true, Map.of(NAME, desired), Map.of())))
                .toList();
        return this;
    }

    TestView withoutThird() {
        neighbours = neighbours.stream()
                .filter(neighbour -> !neighbour.launch().equals(THIRD))
                .toList();
        return this;
    }

    TestView unlistedNeighbour() {
        neighbours = List.of(new LaunchView.Neighbour(OTHER, false, Map.of(), Map.of()));
        return this;
    }

    TestView containerGone() {
        alive = false;
        return this;
    }

    TestView hostFull() {
        full = true;
        return this;
    }

    TestView misplaced() {
        misplaced = true;
        container = Optional.empty();
        return this;
    }

    TestView disconnected() {
        connected = false;
        return this;
    }

    TestView outOfSight(Duration since, boolean reportedAlive) {
        outOfSight = Optional.of(NOW.minus(since));
        alive = reportedAlive;
        return this;
    }

    TestView closed() {
        open = false;
        return this;
    }

    LaunchView build() {
        Optional<LaunchedTask> task =
                known ? Optional.of(TestLaunches.task(LAUNCH, TaskState.RUNNING, container, end)) : Optional.empty();
        Map<CredentialName, ManagedLease> leases = new HashMap<>();
        lease.ifPresent(state -> leases.put(
                NAME, new ManagedLease(keptAs(state), adopted ? Optional.empty() : Optional.of(A), requesting)));
        return new LaunchView(
                LAUNCH,
                task,
                end,
                desiredLeases,
                Set.of(),
                leases,
                refusal.map(refused -> Map.of(NAME, refused)).orElse(Map.of()),
                asked,
                withdrawals,
                backoff,
                notServed,
                neighbours,
                new LaunchView.Host(connected, alive, misplaced, full),
                outOfSight,
                open,
                NOW);
    }

    private Lease keptAs(LeaseState state) {
        return new Lease(
                ID,
                new LeaseKey(LAUNCH, NAME),
                A.identity().role(),
                A.policy(),
                A.hash(),
                "a",
                true,
                leaseBound ? container : Optional.empty(),
                NOW.minus(leaseAge),
                leaseUntil,
                state,
                1);
    }
}
