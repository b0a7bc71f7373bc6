package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.HostStream;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.lease.LeaseDelivery;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseSteps;
import io.mesosiam.lease.LeaseTimes;
import io.mesosiam.lease.Ownership;
import io.mesosiam.lease.RenewalRule;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.plan.LeasePlanner;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.loop.Loop;
import io.mesosiam.mesos.ClusterListener;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.HostReports;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.ReportedContainer;
import io.mesosiam.mesos.RunningContainers;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.policy.CredentialName;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Receives every event that can change which leases exist, and runs the loop that plans the launches that the events
 * mark. It makes no decision itself.
 *
 * <p>Events only mark launches; each plan compares the complete state. Plans run one after another under one lock. The
 * lock is never held during a wait for STS or the database, so a task's end takes effect at once even if they are slow.
 * Every public method is thread-safe and returns at once, except {@link #connected}, which may read the host's rows.
 */
public final class Reconciler implements ClusterListener, HostReports, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Reconciler.class);

    /** The most launches that are planned before others have their turn under the lock. */
    private static final int STEPS = 16;

    private final StateLock<PublishedState> stateLock;
    private final InstantSource clock;
    private final ReconcilerState tracked;
    private final LaunchPlanning planning;
    private final FullPass fullPass;
    private final Issuance issuance;
    private final Deliveries deliveries;
    private final HostAdoption adoption;
    private final HeldSessions heldSessions;
    private final RetainedSessions retainedSessions;
    private final HostArrivals arrivals;
    private final LeaseDelivery delivery;
    private final LeaseOverview overview;
    private final PolicyRollout policies;
    private final LeaseSteps steps;
    private final LeaseTimes times;
    private final Loop loop = new Loop("reconciler");

    /** Ended launches that are no longer needed; the watch takes them with its next change. */
    private Set<Launch> unneeded = Set.of();

    private volatile boolean closed;

    public Reconciler(LeaseConfig config, Dependencies dependencies, Journal journal) {
        clock = dependencies.clock();
        delivery = dependencies.delivery();
        steps = dependencies.steps();
        times = dependencies.times();
        RandomGenerator random = dependencies.random();
        RenewalRule rule = new RenewalRule(random);
        tracked = ReconcilerState.empty(rule);
        stateLock = new StateLock<>(tracked::published);
        WorkQueue<Launch> queue = new WorkQueue<>(rule::backoff);
        LeasePlanner planner = new LeasePlanner(config.outOfSightLimit());
        SessionCalls calls = new SessionCalls(
                dependencies.sessions(), dependencies.calls(), config.concurrentCalls(), this::answered);
        LaunchViews views = new LaunchViews(
                tracked, dependencies.decider(), dependencies.sessions(), () -> journal.isOpen(calls.awaited()));
        deliveries = new Deliveries(tracked, dependencies.delivery(), steps);
        fullPass = new FullPass(tracked, queue, config.fullPass(), random);
        AuditTrail trail = new AuditTrail(tracked, journal, clock);
        issuance = new Issuance(tracked, calls, deliveries, trail, rule, dependencies.times(), steps);
        LeaseActions actions = new LeaseActions(
                tracked,
                issuance,
                deliveries,
                trail,
                dependencies.grants(),
                () -> new UUID(random.nextLong(), random.nextLong()));
        planning = new LaunchPlanning(
                tracked, queue, views, planner, actions, trail, dependencies.grants(), loop, clock, steps);
        overview = new LeaseOverview(stateLock, tracked, planning, calls);
        policies = new PolicyRollout(stateLock, tracked, planning, deliveries);
        heldSessions = new HeldSessions(tracked, trail, rule);
        adoption = new HostAdoption(tracked, issuance, trail, journal, heldSessions);
        retainedSessions = new RetainedSessions(tracked);
        arrivals = new HostArrivals(
                stateLock,
                tracked,
                planning,
                deliveries,
                adoption,
                new HostState(tracked, retainedSessions),
                dependencies.rows(),
                clock);
        // Stay callbacks: the journal learns of these from a transaction, after the write has returned.
        journal.onFenced(this::fenced);
        journal.onEnded(lease -> stateLock.leave(() -> planning.continueEnded(lease)));
    }

    /** Takes over the leases of an earlier run, which are the live rows of the table, and starts the loop. */
    public void start(Collection<Lease> fromTable) {
        restore(fromTable);
        // a platform thread: a virtual one would wait for those that compute signatures for STS
        Thread.ofPlatform()
                .daemon()
                .name("reconciler")
                .start(() -> loop.run(() -> !closed, () -> {
                    if (!steps()) {
                        stateLock.rest(this::untilDue);
                    }
                }));
    }

    void restore(Collection<Lease> fromTable) {
        stateLock.change(() -> {
            LeftRows.underOneNumber(fromTable).forEach(lease -> {
                tracked.leases().put(ManagedLease.fromRow(lease));
                tracked.launches().remember(lease);
            });
            planning.mark(tracked.leases().launches());
        });
    }

    @Override
    public Set<Launch> changed(ClusterState state, Set<Launch> touched) {
        steps.arrived(touched);
        return stateLock.change(() -> {
            boolean decidable = tracked.launches().areDecidable();
            Set<Launch> concerned = tracked.update(state, touched, clock.instant());
            planning.markShown(concerned);
            planning.settle(touched.stream().filter(concerned::contains).toList());
            Set<MesosAgentId> hosts =
                    touched.stream().map(launch -> launch.key().agent()).collect(Collectors.toSet());
            arrivals.tasksChanged(touched, hosts);
            connectAgain(decidable == tracked.launches().areDecidable() ? hosts::contains : _ -> true);
            Set<Launch> removable = unneeded;
            unneeded = Set.of();
            return removable;
        });
    }

    /**
     * Ends the streams of hosts that retain sessions about which can be decided now.
     *
     * @param among the hosts for which that may have changed
     */
    private void connectAgain(Predicate<MesosAgentId> among) {
        retainedSessions.decidable(among).forEach(delivery::connectAgain);
    }

    /** Marks every launch and forgets all backoffs, because the clock was corrected and planned times are void. */
    public void clockCorrected() {
        stateLock.change(() -> {
            tracked.backoff().clear();
            fullPass.restart();
            planning.mark(tracked.everyLaunch());
        });
    }

    /**
     * Records that a host's agent doesn't serve a lease that was sent to it. If the controller doesn't hold the session
     * either, the session is lost and a new one is requested from STS.
     *
     * @param revision revision of the lease as it was sent
     */
    public void notServed(MesosAgentId host, LeaseId lease, long revision, String reason) {
        stateLock.change(() -> planning.mark(heldSessions.notServed(host, lease, revision, reason)));
    }

    /** Marks every launch: unreadable withdrawals began or ceased to hold back new leases, as the decider applies. */
    public void holdsBackChanged() {
        stateLock.change(() -> planning.mark(tracked.everyLaunch()));
    }

    /**
     * Replaces the set of active withdrawals. Marks the launches that an added or a removed withdrawal covers, and
     * those that share a container with one of these. Streams of hosts end that retain a session which one may cover.
     */
    public void withdrawalsChanged(Collection<Withdrawal> all) {
        stateLock.change(() -> {
            planning.mark(tracked.replaceWithdrawals(all));
            connectAgain(_ -> true);
        });
    }

    /**
     * Adopts a host whose agent has connected to this controller. The complete state of the host is passed to {@code
     * stream} under the lock under which deliveries are made and sessions are zeroed: it replaces earlier deliveries for
     * the host, and later deliveries follow it. If the stream ends before the host's turn comes, the host is not adopted,
     * and its claim is not reported to the journal.
     *
     * @param ownership the claim of the host that this connection made
     * @param held what the agent serves; leases that continue are adopted without a call to STS
     * @param running every container on the host
     * @param stream receives the complete state for the host: the agent stops serving what is not in it
     * @throws IllegalStateException if another controller may have owned the host and its rows can't be read, or have to be read
     *     only since it waits; the agent continues to serve what it has, and reconnects
     */
    public void connected(
            MesosAgentId host,
            Ownership ownership,
            List<HeldLease> held,
            Map<ContainerId, ReportedContainer> running,
            HostStream stream) {
        arrivals.connected(host, ownership, held, running, stream);
    }

    /** Whether a task waits for its first lease, on a host with this address whose agent isn't connected. */
    public boolean isAwaited(InetAddress address) {
        return arrivals.isAwaited(address);
    }

    /**
     * Confirms the claim of a host whose stream is provisional. No other controller has owned the host since {@code
     * before}; entries written under that epoch are valid under the new one.
     *
     * @return false if the stream of the epoch {@code before} is no longer connected here
     */
    public boolean claimed(MesosAgentId host, long before, long epoch) {
        return stateLock.change(() -> adoption.claimed(host, before, epoch));
    }

    /**
     * Records the end of a host's stream; its agent continues to serve. The end of an older stream than the newest
     * changes nothing.
     */
    public void disconnected(MesosAgentId host, long epoch) {
        stateLock.change(() -> adoption.disconnected(host, epoch));
    }

    private void fenced(MesosAgentId host, long epoch) {
        stateLock.change(() -> adoption.release(host, epoch)).ifPresent(connected -> {
            LOG.warnf("host claimed by another controller mesosAgentId=%s epoch=%d", host, epoch);
            delivery.claimedByAnother(host, connected);
        });
    }

    /** Records containers that started or ended on a host. An end that the agent observed is a proven end. */
    public ReportOutcome containers(
            MesosAgentId host, Map<ContainerId, ReportedContainer> started, Set<ContainerId> gone) {
        return stateLock.change(() -> {
            planning.mark(tracked.containersStarted(host, started));
            Map<Launch, TaskEnd> ends = tracked.containersEnded(host, gone);
            planning.mark(ends.keySet());
            Stream.concat(started.keySet().stream(), gone.stream())
                    .forEach(container -> planning.settle(tracked.launchesIn(host, container), gone));
            return new ReportOutcome(tracked.hosts().load(host), ends);
        });
    }

    /**
     * Records that hosts have ended for good, whatever the master reports of them.
     *
     * @return the launches that ended with them, for the watch
     */
    public Map<Launch, TaskEnd> hostsEnded(Map<MesosAgentId, TaskEnd> hosts) {
        return stateLock.change(() -> {
            Map<Launch, TaskEnd> ends = tracked.hostsEnded(hosts);
            planning.mark(ends.keySet());
            return ends;
        });
    }

    /** Records that a host's agent states that it serves a lease. */
    public void applied(MesosAgentId host, String lease) {
        steps.applied(host, lease);
        tracked.started()
                .confirmed(lease)
                .ifPresent(since -> times.firstCredentials(Duration.between(since, clock.instant())));
    }

    /** Records an ask message: a container requested credentials that its agent doesn't have. */
    public void asked(MesosAgentId host, ContainerId container, CredentialName name) {
        stateLock.change(() -> {
            boolean known = tracked.hosts().requests(host, container).contains(name);
            tracked.hosts().asked(host, container, name);
            boolean repeated = deliveries.repeat(host, container, name);
            // an executor can run any number of tasks in its container, which ask as often as they like
            if (!(known && repeated)
                    && tracked.hosts().requests(host, container).contains(name)) {
                planning.mark(tracked.askedIn(host, container));
            }
        });
    }

    @Override
    public RunningContainers running() {
        return stateLock.published();
    }

    @Override
    public void close() {
        stateLock.change(() -> closed = true);
    }

    /**
     * Plans the next launches that are due; those who wait for the lock come next. While hosts wait to connect, it plans one
     * launch of routine work: most of that is of their launches, and done as they connect. During a full pass, too, it plans one.
     *
     * @return whether anything was due
     */
    private boolean steps() {
        return stateLock.change(() -> {
            boolean any = false;
            boolean more = true;
            for (int i = 0; i < STEPS && more && step(); i++) {
                any = true;
                more = !fullPass.isUnderWay() && (planning.isUrgent() || !arrivals.areAwaited());
            }
            return any;
        });
    }

    /** Plans the next launch that is due, and runs a part of the full pass if one is. {@return whether anything was due} */
    boolean step() {
        return stateLock.change(() -> {
            Instant now = clock.instant();
            boolean passes = fullPass.isDue(now);
            if (passes) {
                fullPass.part(now).ifPresent(this::apply);
            }
            boolean sent = policies.send();
            return planning.next(now) || sent || passes;
        });
    }

    private void apply(FullPass.Findings findings) {
        findings.forgotten().forEach(deliveries::clearRefusal);
        planning.endForgotten(findings.over());
        unneeded = findings.unneeded();
        connectAgain(_ -> true);
    }

    /** A callback, because STS answers on the calls' own threads. */
    private void answered(LeaseId lease, String identityHash, SessionOutcome outcome) {
        stateLock.leave(() -> {
            try {
                planning.mark(issuance.answer(lease, identityHash, outcome, clock.instant()));
            } catch (RuntimeException | Error e) {
                loop.failedPart(e);
                LOG.errorf(e, "answer of sts not processed leaseId=%s", lease);
            }
        });
    }

    /** The state of this reconciler, for operators and metrics. */
    public LeaseOverview overview() {
        return overview;
    }

    /** Brings new versions of the policies to the launches, and states which is in effect where. */
    public PolicyRollout policies() {
        return policies;
    }

    /** The loop that runs launches, for metrics and readiness. */
    public Loop loop() {
        return loop;
    }

    /** Time until a step has work; zero or negative if it has now. */
    Duration untilDue() {
        Instant now = clock.instant();
        return closed || tracked.policies().hasUnsent() || fullPass.isUnderWay()
                ? Duration.ZERO
                : Duration.between(now, planning.nextDue(fullPass.next()).orElse(now));
    }
}
