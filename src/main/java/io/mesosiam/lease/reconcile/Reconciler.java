package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Decider;
import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.HostLoad;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.lease.LeaseDelivery;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseRows;
import io.mesosiam.lease.Outlook;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.RenewalRule;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.plan.LaunchView;
import io.mesosiam.lease.plan.LeaseAction;
import io.mesosiam.lease.plan.LeasePlan;
import io.mesosiam.lease.plan.LeasePlanner;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.loop.Loop;
import io.mesosiam.mesos.ClusterListener;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.HostReports;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.RunningContainers;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.policy.CredentialName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Plans and acts for one launch at a time: takes a launch from the queue, reads its {@link LaunchView}, plans, performs
 * the plan and records the outcome. It makes no decision itself.
 *
 * <p>Events only mark launches; each plan compares the complete state. Plans run one after another under one lock. The
 * lock is never held during a wait for STS or the database, so a task's end takes effect at once even if they are slow.
 * Every public method is thread-safe and returns at once, except {@link #connected}, which may read the host's rows.
 */
public final class Reconciler implements ClusterListener, HostReports, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Reconciler.class);

    private final StateLock<PublishedState> stateLock;
    private final InstantSource clock;
    private final AuditTrail trail;
    private final ReconcilerState tracked;
    private final WorkQueue<Launch> queue;
    private final FullPass fullPass;
    private final LaunchViews views;
    private final LeasePlanner planner;
    private final LeaseActions actions;
    private final SessionCalls calls;
    private final Issuance issuance;
    private final Deliveries deliveries;
    private final HostAdoption adoption;
    private final LeaseRows rows;
    private final Loop loop = new Loop("reconciler");

    /** Ended launches that are no longer needed; the watch takes them with its next change. */
    private Set<Launch> unneeded = Set.of();

    private volatile boolean closed;

    /**
     * The collaborators of a reconciler.
     *
     * @param rows reads a host's leases when its agent connects after another controller owned the host
     * @param calls runs the calls to STS, which block
     */
    public record Dependencies(
            Decider decider,
            SessionSource sessions,
            LeaseDelivery delivery,
            LeaseRows rows,
            Executor calls,
            InstantSource clock,
            RandomGenerator random) {}

    public Reconciler(LeaseConfig config, Dependencies dependencies, Journal journal) {
        clock = dependencies.clock();
        rows = dependencies.rows();
        RandomGenerator random = dependencies.random();
        RenewalRule rule = new RenewalRule(random);
        tracked = ReconcilerState.empty(rule);
        stateLock = new StateLock<>(tracked::published);
        queue = new WorkQueue<>(rule::backoff);
        views = new LaunchViews(tracked, dependencies.decider(), dependencies.sessions(), journal);
        planner = new LeasePlanner(config.outOfSightLimit());
        calls = new SessionCalls(
                dependencies.sessions(), dependencies.calls(), config.concurrentCalls(), this::answered);
        deliveries = new Deliveries(tracked, dependencies.delivery());
        fullPass = new FullPass(tracked, queue, config.fullPass(), random);
        AuditTrail trail = new AuditTrail(tracked, journal, clock);
        this.trail = trail;
        issuance = new Issuance(tracked, calls, deliveries, trail, rule);
        actions = new LeaseActions(
                tracked, issuance, deliveries, trail, () -> new UUID(random.nextLong(), random.nextLong()));
        adoption = new HostAdoption(tracked, issuance, trail, journal, rule);
        journal.onFenced(this::fenced);
    }

    /**
     * Takes over the leases of an earlier run and starts the loop.
     *
     * @param fromTable the live rows
     */
    public void start(Collection<Lease> fromTable) {
        restore(fromTable);
        Thread.ofVirtual().name("reconciler").start(() -> loop.run(() -> !closed, this::turn));
    }

    void restore(Collection<Lease> fromTable) {
        stateLock.change(() -> {
            fromTable.forEach(lease -> {
                tracked.leases().put(ManagedLease.fromRow(lease));
                tracked.launches().remember(lease);
            });
            mark(tracked.leases().launches());
        });
    }

    @Override
    public Set<Launch> changed(ClusterState state, Set<Launch> touched) {
        return stateLock.change(() -> {
            Optional<ClusterState> before = tracked.launches().state();
            Set<Launch> concerned = tracked.launches().update(state, touched, clock.instant());
            if (before.isEmpty()) {
                tracked.launches().rebuild();
            }
            if (before.map(ClusterState::masterAnswers)
                    .filter(it -> it == state.masterAnswers())
                    .isEmpty()) {
                concerned.addAll(tracked.everyLaunch());
            }
            mark(concerned);
            Set<Launch> removable = unneeded;
            unneeded = Set.of();
            return removable;
        });
    }

    /** Marks every launch and forgets all backoffs, because the clock was corrected and planned times are void. */
    public void clockCorrected() {
        stateLock.change(() -> {
            tracked.backoff().clear();
            fullPass.restart();
            mark(tracked.everyLaunch());
        });
    }

    /**
     * Records that a host's agent doesn't serve a lease that was sent to it. If the controller doesn't hold the session
     * either, the session is lost and a new one is requested from STS.
     *
     * @param revision revision of the lease as it was sent
     * @param reason for operators
     */
    public void notServed(MesosAgentId host, LeaseId lease, long revision, String reason) {
        stateLock.change(() -> tracked.leases()
                .find(lease)
                .filter(kept -> kept.lease().host().equals(host) && kept.lease().revision() == revision)
                .ifPresent(kept -> {
                    tracked.hosts().notServed(host, lease, revision, reason);
                    if (tracked.sessions().of(lease).isEmpty()) {
                        adoption.lose(kept);
                    }
                    mark(kept.lease().launch());
                }));
    }

    /** Marks every launch and forgets all backoffs, because the policies changed. */
    public void policyChanged() {
        stateLock.change(() -> {
            tracked.backoff().clear();
            mark(tracked.everyLaunch());
        });
    }

    /**
     * Marks every launch, because unreadable withdrawals began or ceased to hold back new leases. The decider applies
     * this itself, and it may concern every launch.
     */
    public void holdsBackChanged() {
        stateLock.change(() -> mark(tracked.everyLaunch()));
    }

    /**
     * Replaces the set of active withdrawals. Marks the launches that an added or a removed withdrawal covers, and
     * those that share a container with one of these.
     */
    public void withdrawalsChanged(Collection<Withdrawal> all) {
        stateLock.change(() -> {
            WithdrawalIndex difference = tracked.withdrawals().replace(all);
            Set<Launch> touched =
                    tracked.everyLaunch().stream().filter(difference::touches).collect(Collectors.toSet());
            mark(touched);
            touched.forEach(launch -> mark(tracked.launches().neighbours(launch)));
        });
    }

    /**
     * Adopts a host whose agent has connected to this controller. The complete state of the host is passed to {@code
     * send} under the lock under which deliveries are made and sessions are zeroed: it replaces earlier deliveries for
     * the host, and later deliveries follow it.
     *
     * @param epoch epoch of the host's row, which this connection raised
     * @param held what the agent serves; leases that continue are adopted without a call to STS
     * @param running every container on the host with the start of its first process, in clock ticks since boot
     * @param send receives the complete state for the host: the agent stops serving what is not in it. It doesn't block
     *     and keeps no session
     * @throws IllegalStateException if another controller owned the host and its rows can't be read; the agent
     *     continues to serve what it has, and reconnects
     */
    public void connected(
            MesosAgentId host,
            long epoch,
            List<HeldLease> held,
            Map<ContainerId, Long> running,
            Consumer<List<Delivery>> send) {
        boolean ours = stateLock.read(() -> tracked.hosts().isOurs(host, epoch));
        Optional<List<Lease>> left = ours ? Optional.empty() : Optional.of(rows.live(host));
        stateLock.change(() -> {
            adoption.claim(host, epoch, running, left);
            Set<LeaseId> audited = left.map(adoption::correct).orElse(Set.of());
            adoption.adopt(host, held, left.isPresent(), audited, clock.instant());
            deliveries.suppressed(host, () -> tracked.launchesOn(host).forEach(launch -> {
                if (!run(launch)) {
                    mark(launch);
                }
            }));
            send.accept(adoption.fullState(host, held));
        });
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
        stateLock.change(
                () -> tracked.hosts().disconnect(host, epoch, tracked.leases().containersOn(host)));
    }

    private void fenced(MesosAgentId host, long epoch) {
        stateLock.change(() -> {
            if (adoption.release(host, epoch)) {
                LOG.warnf("host claimed by another controller mesosAgentId=%s epoch=%d", host, epoch);
            }
        });
    }

    /**
     * The result of a report of containers.
     *
     * @param load the load of all reports of the host
     * @param ends proven ends that the host's agent observed; the master may not have reported them
     */
    public record Reported(HostLoad load, Map<Launch, TaskEnd> ends) {}

    /** Records containers that started or ended on a host. An end that the agent observed is a proven end. */
    public Reported containers(MesosAgentId host, Map<ContainerId, Long> started, Set<ContainerId> gone) {
        return stateLock.change(() -> {
            tracked.hosts().started(host, started);
            tracked.hosts().ended(host, gone);
            tracked.refusals().forget(host, gone);
            Map<Launch, TaskEnd> ends = new HashMap<>();
            for (ContainerId container : gone) {
                Set<Launch> launches = tracked.launchesIn(host, container);
                TaskEnd end = new TaskEnd.ContainerEnded(container);
                launches.forEach(launch -> {
                    tracked.launches().endObserved(launch, end);
                    ends.put(launch, end);
                });
                mark(launches);
            }
            return new Reported(tracked.hosts().load(host), ends);
        });
    }

    /** Records an ask message: a container requested credentials that its agent doesn't have. */
    public void asked(MesosAgentId host, ContainerId container, CredentialName name) {
        stateLock.change(() -> {
            tracked.hosts().asked(host, container, name);
            deliveries.repeat(host, container, name);
            mark(tracked.launches().in(host, container));
        });
    }

    @Override
    public RunningContainers running() {
        return stateLock.published();
    }

    /** The live leases, oldest first, then the last thousand that ended. */
    public List<Lease> leases() {
        return stateLock.published().leases();
    }

    /** The refusals that containers receive instead of credentials. */
    public List<Refusal> refusals() {
        return stateLock.read(() -> tracked.refusals().all());
    }

    /** The current situation of a launch apart from its leases, for operators. */
    public Outlook outlook(Launch launch) {
        return stateLock.read(() -> {
            LaunchView view = views.of(launch, clock.instant());
            return new Outlook(
                    view.host().connected(),
                    planner.plan(view).waiting(),
                    view.withdrawals(),
                    List.copyOf(view.refusals().values()));
        });
    }

    /**
     * Number of live leases by the state's name, on hosts whose agents are connected here. A host's agent is connected
     * to one controller, so the sum over all controllers counts each lease once.
     */
    public Map<String, Long> leasesByState() {
        return stateLock.published().leasesByState();
    }

    /** Number of waiting credential names by reason, for launches on hosts connected here. */
    public Map<WaitReason, Long> waitingByReason() {
        return stateLock.read(() -> tracked.waits().count());
    }

    /** Number of refused credential names by code. */
    public Map<RefusalCode, Long> refusedByCode() {
        return stateLock.read(() ->
                tracked.refusals().all().stream().collect(Collectors.groupingBy(Refusal::code, Collectors.counting())));
    }

    /** The current sizes, for metrics. */
    public Counts counts() {
        return stateLock.read(() -> new Counts(
                tracked.leases().size(),
                tracked.sessions().size(),
                tracked.hosts().connected(),
                queue.size(),
                calls.inFlight(),
                calls.queued()));
    }

    /**
     * The sizes of the reconciler's state.
     *
     * @param marked launches that will be planned, now or later
     */
    public record Counts(int leases, int sessions, int hosts, int marked, int callsInFlight, int callsQueued) {}

    @Override
    public void close() {
        stateLock.change(() -> closed = true);
    }

    /**
     * Plans the next launch that is due.
     *
     * @return whether a launch was due
     */
    boolean step() {
        return stateLock.change(() -> {
            Instant now = clock.instant();
            if (fullPass.isDue(now)) {
                FullPass.Findings findings = fullPass.run(now);
                findings.forgotten().forEach(deliveries::clearRefusal);
                unneeded = findings.unneeded();
            }
            Optional<Launch> due = queue.next(now);
            due.ifPresent(launch -> {
                boolean succeeded = false;
                try {
                    succeeded = run(launch);
                } finally {
                    // A launch that stays marked as in work is never planned again.
                    leave(launch, succeeded, now);
                }
            });
            return due.isPresent();
        });
    }

    private void leave(Launch launch, boolean succeeded, Instant now) {
        if (succeeded) {
            queue.done(launch);
        } else {
            queue.failed(launch, now);
        }
        int failing = queue.failing();
        loop.partly(
                failing == 0 ? Optional.empty() : Optional.of("launches that fail and are tried again: " + failing));
    }

    /** {@return whether every action succeeded; a failure of one launch or action doesn't stop the others} */
    private boolean run(Launch launch) {
        Instant now = clock.instant();
        try {
            LeasePlan plan = planner.plan(views.of(launch, now));
            boolean succeeded = perform(launch, plan, now);
            tracked.waits().update(launch, plan, now).forEach(wait -> trail.waiting(launch, wait));
            Stream.concat(plan.again().stream(), tracked.waits().nextAudit(launch).stream())
                    .min(Comparator.naturalOrder())
                    .ifPresent(at -> queue.mark(launch, at, false));
            return succeeded;
        } catch (RuntimeException | Error e) {
            loop.failedPart(e);
            LOG.errorf(e, "planning failed launch=%s", launch);
            return false;
        }
    }

    private boolean perform(Launch launch, LeasePlan plan, Instant now) {
        boolean succeeded = true;
        for (LeaseAction action : plan.actions()) {
            try {
                mark(actions.perform(action, now));
            } catch (RuntimeException | Error e) {
                loop.failedPart(e);
                LOG.errorf(e, "lease action failed launch=%s action=%s", launch, action);
                succeeded = false;
            }
        }
        return succeeded;
    }

    private void answered(LeaseId lease, String identityHash, SessionOutcome outcome) {
        stateLock.change(() -> mark(issuance.answer(lease, identityHash, outcome, clock.instant())));
    }

    private void mark(Launch launch) {
        mark(Set.of(launch));
    }

    private void mark(Collection<Launch> launches) {
        Instant now = clock.instant();
        launches.forEach(launch -> queue.mark(launch, now, true));
    }

    private void turn() throws InterruptedException {
        if (!step()) {
            stateLock.rest(this::untilDue);
        }
    }

    /** The loop that runs launches, for metrics and readiness. */
    public Loop loop() {
        return loop;
    }

    private Duration untilDue() {
        if (closed) {
            return Duration.ZERO;
        }
        Instant now = clock.instant();
        Instant next = Stream.concat(queue.nextDue().stream(), fullPass.next().stream())
                .min(Comparator.naturalOrder())
                .orElse(now);
        return Duration.between(now, next);
    }
}
