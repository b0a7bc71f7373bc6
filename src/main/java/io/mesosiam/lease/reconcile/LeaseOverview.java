package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Outlook;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.plan.LaunchView;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the API and the metrics read of a {@link Reconciler}. Thread-safe. Leases are read from the published state,
 * without the reconciler's lock.
 */
public final class LeaseOverview {
    /** How many containers are read in one hold of the lock: about a millisecond. */
    private static final int BATCH = 200;

    private final StateLock<PublishedState> stateLock;
    private final ReconcilerState tracked;
    private final LaunchPlanning planning;
    private final SessionCalls calls;

    LeaseOverview(
            StateLock<PublishedState> stateLock, ReconcilerState tracked, LaunchPlanning planning, SessionCalls calls) {
        this.stateLock = stateLock;
        this.tracked = tracked;
        this.planning = planning;
        this.calls = calls;
    }

    /** The live leases, by id, then the last thousand that ended. */
    public List<Lease> leases() {
        return stateLock.published().leases();
    }

    /** The live leases whose ids follow this one, by id. */
    public Stream<Lease> liveAfter(LeaseId id) {
        return stateLock.published().liveAfter(id);
    }

    /** The live leases by id: an immutable snapshot, in which an unchanged lease is the same object as in an earlier one. */
    public Map<LeaseId, ManagedLease> live() {
        return stateLock.published().live();
    }

    /** The last thousand leases that ended. */
    public List<Lease> ended() {
        return stateLock.published().ended();
    }

    /** What launches have: a function of one snapshot, so its answers fit together. */
    public Function<Launch, LaunchStanding> standings() {
        return stateLock.published()::standing;
    }

    /** The hosts whose agents are connected to this controller. */
    public Set<MesosAgentId> connectedHosts() {
        return stateLock.published().running().keySet();
    }

    /** The refusals that containers receive instead of credentials. */
    public List<Refusal> refusals() {
        return stateLock.read(() -> tracked.refusals().all());
    }

    /** The tasks as decisions take them: with what the rows of leases state of their launches. */
    public List<LaunchedTask> withRows(List<LaunchedTask> tasks) {
        return stateLock.read(
                () -> tasks.stream().map(tracked.launches()::withRows).toList());
    }

    /** The current situation of a launch apart from its leases. */
    public Outlook outlook(Launch launch) {
        return stateLock.read(() -> planning.outlook(launch));
    }

    /** The cluster state that plans use; empty before the first. */
    public Optional<ClusterState> state() {
        return stateLock.read(tracked.launches()::state);
    }

    /**
     * Reads what is known of the launches in the containers of these launches, without decisions. Each container is
     * consistent in itself; the lock is released between batches of them.
     *
     * @param each receives the launches of one container, outside the lock
     */
    public void containers(Collection<Launch> launches, Consumer<List<LaunchView>> each) {
        Iterator<Launch> left = launches.iterator();
        Set<Launch> read = new HashSet<>();
        while (left.hasNext()) {
            List<List<LaunchView>> batch = stateLock.read(() -> {
                List<List<LaunchView>> containers = new ArrayList<>();
                while (left.hasNext() && containers.size() < BATCH) {
                    Launch next = left.next();
                    if (!read.contains(next)) {
                        List<LaunchView> container = planning.container(next);
                        container.forEach(view -> read.add(view.launch()));
                        containers.add(container);
                    }
                }
                return containers;
            });
            batch.forEach(each);
        }
    }

    /**
     * The states of the live leases on hosts whose agents are connected here. A host's agent is connected to one controller, so all
     * controllers together have each lease once.
     */
    public List<LeaseState> statesHere() {
        return stateLock.published().statesHere();
    }

    /** Number of waiting credential names by reason, for launches on hosts connected here. */
    public Map<WaitReason, Long> waitingByReason() {
        return stateLock.read(() -> tracked.waits().count());
    }

    /** Number of refused credential names by code. */
    public Map<RefusalCode, Long> refusedByCode() {
        return refusals().stream().collect(Collectors.groupingBy(Refusal::code, Collectors.counting()));
    }

    /** The current sizes. */
    public Counts counts() {
        return stateLock.read(() -> new Counts(
                tracked.leases().size(),
                tracked.sessions().size(),
                tracked.hosts().connected(),
                planning.queue(),
                calls.inFlight(),
                calls.queued()));
    }

    /**
     * The sizes of the reconciler's state.
     *
     * @param queue launches that will be planned
     */
    public record Counts(int leases, int sessions, int hosts, Queue queue, int callsInFlight, int callsQueued) {}

    /**
     * The launches that wait to be planned.
     *
     * @param marked their number, whether they are due now or later
     * @param due the number of those that are due now
     * @param lag how long the first of them has been due; zero if none is
     */
    public record Queue(int marked, int due, Duration lag) {}
}
