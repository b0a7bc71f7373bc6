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
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Outlook;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.RefusalCode;
import io.mesosiam.lease.RenewalRule;
import io.mesosiam.lease.SessionOutcome;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.loop.Loop;
import io.mesosiam.mesos.ClusterListener;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ContainerId;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The only place where plan meets world: takes a launch from the queue, looks at all there is about it, plans, acts, and
 * writes down what came of it. It decides nothing.
 *
 * <p>Events only mark launches; what is done comes from comparing. Plans run one after another under one lock, which is
 * never held while STS or the database is waited for, so an end is followed at once however slow those are. Every door
 * may be called from any thread and returns at once, except {@link #connected}, which may read the host's rows.
 */
public final class Reconciler implements ClusterListener, RunningContainers, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Reconciler.class);

    private final StateLock monitor = new StateLock();
    private final InstantSource clock;
    private final AuditTrail trail;
    private final ReconcilerState tracked;
    private final WorkQueue<Launch> queue;
    private final FullPass fullPass;
    private final LaunchViews views;
    private final LeasePlanner planner;
    private final LeaseActions actions;
    private final SessionSource sessions;
    private final SessionCalls calls;
    private final Issuance issuance;
    private final Deliveries deliveries;
    private final HostAdoption adoption;
    private final LeaseRows rows;
    private final BiConsumer<Launch, TaskEnd> ended;
    private final Consumer<Set<Launch>> forget;
    private final Loop loop = new Loop("reconciler");
    private volatile boolean closed;

    /**
     * What a reconciler works with.
     *
     * @param rows reads a host's leases when its agent connects after another controller had it
     * @param calls runs the calls to STS, which block
     * @param ended is told of ends that only the hosts' agents saw, without any lock held
     * @param forget is told of launches that nothing here holds on to any more, without any lock held
     */
    public record Dependencies(
            Decider decider,
            SessionSource sessions,
            LeaseDelivery delivery,
            LeaseRows rows,
            Executor calls,
            BiConsumer<Launch, TaskEnd> ended,
            Consumer<Set<Launch>> forget,
            InstantSource clock,
            RandomGenerator random) {}

    public Reconciler(LeaseConfig config, Dependencies dependencies, Journal journal) {
        clock = dependencies.clock();
        rows = dependencies.rows();
        ended = dependencies.ended();
        forget = dependencies.forget();
        RandomGenerator random = dependencies.random();
        RenewalRule rule = new RenewalRule(random);
        tracked = ReconcilerState.empty(rule);
        queue = new WorkQueue<>(rule::backoff);
        views = new LaunchViews(tracked, dependencies.decider(), dependencies.sessions(), journal);
        planner = new LeasePlanner(config.outOfSightLimit());
        sessions = dependencies.sessions();
        calls = new SessionCalls(
                dependencies.sessions(), dependencies.calls(), config.concurrentCalls(), this::answered);
        deliveries = new Deliveries(tracked, dependencies.delivery());
        fullPass = new FullPass(tracked, queue, config.fullPass(), random, deliveries::unrefuse);
        AuditTrail trail = new AuditTrail(tracked, journal, clock);
        this.trail = trail;
        issuance = new Issuance(tracked, calls, deliveries, trail, rule, this::mark);
        actions = new LeaseActions(
                tracked, issuance, deliveries, trail, () -> new UUID(random.nextLong(), random.nextLong()), this::mark);
        adoption = new HostAdoption(tracked, issuance, trail, journal, rule);
        journal.onOutdated(this::outdated);
    }

    /**
     * Takes over the promises of an earlier run and begins to work.
     *
     * @param fromTable the live rows
     */
    public void start(Collection<Lease> fromTable) {
        restore(fromTable);
        Thread.ofVirtual().name("reconciler").start(() -> loop.run(() -> !closed, this::turn));
    }

    void restore(Collection<Lease> fromTable) {
        monitor.change(() -> {
            fromTable.forEach(lease -> {
                tracked.leases().put(ManagedLease.fromRow(lease));
                tracked.launches().remember(lease);
            });
            mark(tracked.leases().launches());
        });
    }

    @Override
    public void changed(ClusterState state, Set<Launch> touched) {
        monitor.change(() -> {
            boolean first = tracked.launches().state().isEmpty();
            Set<Launch> concerned = tracked.launches().update(state, touched, clock.instant());
            if (first) {
                tracked.launches().rebuild();
                concerned.addAll(tracked.everyLaunch());
            }
            mark(concerned);
        });
    }

    /** Whether a leading master answers; while none does, no new lease is made. It counts as answering until told. */
    public void masters(boolean answer) {
        monitor.change(() -> {
            tracked.launches().masters(answer, clock.instant());
            mark(tracked.everyLaunch());
        });
    }

    /** The clock was moved: times that were planned by the former one are void, and every launch is looked at again. */
    public void clockCorrected() {
        monitor.change(() -> {
            tracked.backoff().clear();
            sessions.askAgain();
            fullPass.restart();
            mark(tracked.everyLaunch());
        });
    }

    /**
     * A host's agent doesn't serve a lease that was sent to it. If the session was only there, there is none any more, and STS is asked for one.
     *
     * @param revision of the lease, as it was sent
     * @param reason for operators
     */
    public void notServed(MesosAgentId host, LeaseId lease, long revision, String reason) {
        monitor.change(() -> tracked.leases()
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

    /** Other policies are in force. */
    public void policyChanged() {
        monitor.change(() -> {
            tracked.backoff().clear();
            sessions.askAgain();
            mark(tracked.everyLaunch());
        });
    }

    /**
     * Withdrawals that can't be read begin or cease to hold back what is new, which the decider tells by itself: it may concern every launch, so
     * every launch is looked at again.
     */
    public void holdsBackChanged() {
        monitor.change(() -> mark(tracked.everyLaunch()));
    }

    /**
     * All withdrawals that stand. Looked at again are the launches that an added or a removed one touches, and those that share a container
     * with one of these.
     */
    public void withdrawalsChanged(Collection<Withdrawal> all) {
        monitor.change(() -> {
            WithdrawalIndex difference = tracked.withdrawals().replace(all);
            Set<Launch> touched =
                    tracked.everyLaunch().stream().filter(difference::touches).collect(Collectors.toSet());
            mark(touched);
            touched.forEach(launch -> mark(tracked.launches().neighbours(launch)));
        });
    }

    /**
     * A host's agent is connected here. Its state is handed to {@code send} under the lock under which deliveries are made and sessions
     * are zeroed: what was delivered to the host earlier is out of date, what is delivered later is newer than the state. {@code send} waits for
     * nothing and keeps no session.
     *
     * @param epoch of the host's row, which this connection raised
     * @param held what the agent serves; a lease that stands is adopted, which costs no call to STS
     * @param running every container on the host with the start of its first process, in clock ticks since boot
     * @param send takes the state of the host: the agent stops serving what isn't in it
     * @throws IllegalStateException if the host was another controller's and its rows can't be read: the agent goes on
     *     serving what it has, and is to come again
     */
    public void connected(
            MesosAgentId host,
            long epoch,
            List<HeldLease> held,
            Map<ContainerId, Long> running,
            Consumer<List<Delivery>> send) {
        boolean ours = monitor.read(() -> tracked.hosts().isOurs(host, epoch));
        Optional<List<Lease>> left = ours ? Optional.empty() : Optional.of(rows.live(host));
        monitor.change(() -> {
            adoption.claim(host, epoch, running, left);
            Set<LeaseId> audited = left.map(adoption::correct).orElse(Set.of());
            adoption.adopt(host, held, left.isPresent(), audited, clock.instant());
            deliveries.silently(host, () -> tracked.launchesOn(host).forEach(launch -> {
                if (!run(launch)) {
                    mark(launch);
                }
            }));
            send.accept(adoption.dependencies(host, held));
        });
    }

    /**
     * The claim of a host whose stream is provisional is recorded, and no other controller had the host since {@code before}:
     * what was written under that epoch counts under this one.
     *
     * @return false if the stream of the epoch before is not connected here any more
     */
    public boolean claimed(MesosAgentId host, long before, long epoch) {
        return monitor.change(() -> adoption.claimed(host, before, epoch));
    }

    /** A host's stream ended; its agent serves on. An older stream than the newest changes nothing. */
    public void disconnected(MesosAgentId host, long epoch) {
        monitor.change(
                () -> tracked.hosts().disconnect(host, epoch, tracked.leases().containersOn(host)));
    }

    private void outdated(MesosAgentId host, long epoch) {
        monitor.change(() -> {
            if (adoption.release(host, epoch)) {
                LOG.warnf("host is another controller's mesosAgentId=%s epoch=%d", host, epoch);
            }
        });
    }

    /**
     * What changed on a host: an end that its agent saw is a proven one.
     *
     * @return what the host's reports come to with this one
     */
    public HostLoad containers(MesosAgentId host, Map<ContainerId, Long> started, Set<ContainerId> gone) {
        return monitor.change(() -> {
            tracked.hosts().started(host, started);
            tracked.hosts().ended(host, gone);
            tracked.refusals().forget(host, gone);
            for (ContainerId container : gone) {
                Set<Launch> launches = tracked.launchesIn(host, container);
                TaskEnd end = new TaskEnd.ContainerEnded(container);
                launches.forEach(launch -> {
                    tracked.launches().sawEnd(launch, end);
                    monitor.afterwards(() -> ended.accept(launch, end));
                });
                mark(launches);
            }
            return tracked.hosts().load(host);
        });
    }

    /** A container asks and its agent has nothing for it. */
    public void asked(MesosAgentId host, ContainerId container, CredentialName name) {
        monitor.change(() -> {
            tracked.hosts().asked(host, container, name);
            deliveries.repeat(host, container, name);
            mark(tracked.launches().in(host, container));
        });
    }

    @Override
    public boolean reportedAlive(MesosAgentId host, ContainerId container) {
        return monitor.read(() -> tracked.hosts().isAlive(host, container));
    }

    /** The live leases, oldest first, then the last thousand that ended. */
    public List<Lease> leases() {
        return monitor.read(() -> tracked.leases().snapshot());
    }

    /** What containers are told instead of credentials. */
    public List<Refusal> refusals() {
        return monitor.read(() -> tracked.refusals().all());
    }

    /** What holds for a launch now, beside its leases; for operators. */
    public Outlook outlook(Launch launch) {
        return monitor.read(() -> {
            LaunchView view = views.of(launch, clock.instant());
            return new Outlook(
                    view.host().connected(),
                    planner.plan(view).waiting(),
                    view.withdrawals(),
                    List.copyOf(view.refusals().values()));
        });
    }

    /**
     * The live leases of the hosts whose agents are connected here, by the state's word. A host's agent is connected to one
     * controller, so the sum over all controllers counts each lease once.
     */
    public Map<String, Long> leasesByState() {
        return monitor.read(() -> tracked.leases().snapshot().stream()
                .filter(lease -> lease.state() instanceof LeaseState.Live)
                .filter(lease -> tracked.hosts().isConnected(lease.host()))
                .collect(Collectors.groupingBy(lease -> lease.state().word(), Collectors.counting())));
    }

    /** How many credential names of launches on hosts connected here wait, by reason. */
    public Map<WaitReason, Long> waitingByReason() {
        return monitor.read(() -> tracked.waits().count());
    }

    /** How many credential names of containers are refused, by code. */
    public Map<RefusalCode, Long> refusedByCode() {
        return monitor.read(() ->
                tracked.refusals().all().stream().collect(Collectors.groupingBy(Refusal::code, Collectors.counting())));
    }

    /** Counts for metrics: what there is of each kind now. */
    public Counts counts() {
        return monitor.read(() -> new Counts(
                tracked.leases().size(),
                tracked.sessions().size(),
                tracked.hosts().connected(),
                queue.size(),
                calls.inFlight(),
                calls.queued()));
    }

    /**
     * How much there is to keep.
     *
     * @param marked launches that are to be looked at, now or later
     */
    public record Counts(int leases, int sessions, int hosts, int marked, int callsInFlight, int callsQueued) {}

    @Override
    public void close() {
        monitor.change(() -> closed = true);
    }

    /**
     * Runs the next launch that is due.
     *
     * @return whether there was one
     */
    boolean step() {
        return monitor.change(() -> {
            Instant now = clock.instant();
            if (fullPass.isDue(now)) {
                Set<Launch> unneeded = fullPass.run(now);
                if (!unneeded.isEmpty()) {
                    monitor.afterwards(() -> forget.accept(unneeded));
                }
            }
            Optional<Launch> due = queue.next(now);
            due.ifPresent(launch -> {
                boolean good = false;
                try {
                    good = run(launch);
                } finally {
                    // a launch that stays in work is never run again
                    leave(launch, good, now);
                }
            });
            return due.isPresent();
        });
    }

    private void leave(Launch launch, boolean good, Instant now) {
        if (good) {
            queue.done(launch);
        } else {
            queue.failed(launch, now);
        }
        int failing = queue.failing();
        loop.partly(
                failing == 0 ? Optional.empty() : Optional.of("launches that fail and are tried again: " + failing));
    }

    /** {@return whether all went well; nothing that goes wrong with one launch, or one action, stops another} */
    private boolean run(Launch launch) {
        Instant now = clock.instant();
        try {
            LeasePlan plan = planner.plan(views.of(launch, now));
            boolean good = perform(launch, plan, now);
            tracked.waits().update(launch, plan, now).forEach(wait -> trail.waiting(launch, wait));
            Stream.concat(plan.again().stream(), tracked.waits().nextAudit(launch).stream())
                    .min(Comparator.naturalOrder())
                    .ifPresent(at -> queue.mark(launch, at, false));
            return good;
        } catch (RuntimeException | Error e) {
            loop.failedPart(e);
            LOG.errorf(e, "planning went wrong launch=%s", launch);
            return false;
        }
    }

    private boolean perform(Launch launch, LeasePlan plan, Instant now) {
        boolean good = true;
        for (LeaseAction action : plan.actions()) {
            try {
                actions.perform(action, now);
            } catch (RuntimeException | Error e) {
                loop.failedPart(e);
                LOG.errorf(e, "an action went wrong launch=%s action=%s", launch, action);
                good = false;
            }
        }
        return good;
    }

    private void answered(LeaseId lease, String identityHash, SessionOutcome outcome) {
        monitor.change(() -> issuance.answer(lease, identityHash, outcome, clock.instant()));
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
            monitor.rest(this::untilDue);
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
