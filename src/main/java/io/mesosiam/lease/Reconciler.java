package io.mesosiam.lease;

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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
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
    private static final Duration USUAL_LENGTH = Duration.ofHours(1);

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition marked = lock.newCondition();
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Duration fullPass;
    private final RenewalRule rule;
    private final Memory memory;
    private final WorkQueue<Launch> queue;
    private final LaunchViews views;
    private final LeasePlanner planner;
    private final SessionCalls calls;
    private final AuditTrail trail;
    private final LeaseActions actions;
    private final LeaseRows rows;
    private final Journal journal;
    private final BiConsumer<Launch, TaskEnd> ended;
    private final Consumer<Set<Launch>> forget;

    /** What the watch is to be told once the lock is free: it may be waiting for it, with a lock of its own. */
    private final List<Runnable> toTell = new ArrayList<>();

    /** Ended launches without a lease at the last full pass: the watch may forget them at the next. */
    private Set<Launch> settled = Set.of();

    private Optional<Instant> nextPass = Optional.empty();
    private volatile boolean closed;

    /**
     * What a reconciler works with.
     *
     * @param rows reads a host's leases when its agent connects after another controller had it
     * @param calls runs the calls to STS, which block
     * @param ended is told of ends that only the hosts' agents saw, without any lock held
     * @param forget is told of launches that nothing here holds on to any more, without any lock held
     */
    public record World(
            Decider decider,
            SessionSource sessions,
            LeaseDelivery delivery,
            LeaseRows rows,
            Executor calls,
            BiConsumer<Launch, TaskEnd> ended,
            Consumer<Set<Launch>> forget,
            InstantSource clock,
            RandomGenerator random) {}

    public Reconciler(LeaseConfig config, World world, Journal journal) {
        clock = world.clock();
        random = world.random();
        fullPass = config.fullPass();
        rows = world.rows();
        ended = world.ended();
        forget = world.forget();
        this.journal = journal;
        journal.onOutdated(this::outdated);
        rule = new RenewalRule(random);
        memory = Memory.empty(rule);
        queue = new WorkQueue<>(rule::backoff);
        views = new LaunchViews(memory, world.decider(), world.sessions(), journal);
        planner = new LeasePlanner(config.outOfSightLimit());
        trail = new AuditTrail(memory, journal, clock);
        calls = new SessionCalls(world.sessions(), world.calls(), config.concurrentCalls(), this::answered);
        actions = new LeaseActions(
                memory,
                calls,
                world.delivery(),
                trail,
                rule,
                () -> new UUID(random.nextLong(), random.nextLong()),
                launch -> mark(Set.of(launch)));
    }

    /**
     * Takes over the promises of an earlier run and begins to work.
     *
     * @param fromTable the live rows
     */
    public void start(Collection<Lease> fromTable) {
        restore(fromTable);
        Thread.ofVirtual().name("reconciler").start(this::loop);
    }

    void restore(Collection<Lease> fromTable) {
        locked(() -> {
            fromTable.forEach(lease -> memory.leases().put(KeptLease.fromRow(lease)));
            mark(memory.leases().launches());
        });
    }

    @Override
    public void changed(ClusterState state, Set<Launch> touched) {
        locked(() -> {
            boolean first = memory.launches().state().isEmpty();
            Set<Launch> wider = new HashSet<>(touched);
            touched.forEach(launch -> wider.addAll(memory.launches().neighbours(launch)));
            memory.launches().update(state, touched, clock.instant());
            touched.forEach(launch -> wider.addAll(memory.launches().neighbours(launch)));
            if (first) {
                memory.launches().rebuild();
                wider.addAll(everything());
            }
            mark(wider);
        });
    }

    /** Whether a leading master answers; while none does, no new lease is made. It counts as answering until told. */
    public void masters(boolean answer) {
        locked(() -> {
            memory.launches().masters(answer, clock.instant());
            mark(everything());
        });
    }

    /** Other policies are in force. */
    public void policyChanged() {
        locked(() -> {
            memory.heldBack().clear();
            mark(everything());
        });
    }

    /** All withdrawals that stand. */
    public void withdrawalsChanged(Collection<Withdrawal> all) {
        locked(() -> {
            memory.withdrawals().replace(all);
            mark(everything());
        });
    }

    /**
     * A host's agent is connected here. Deliveries to that host that are handed over before the answer is sent belong
     * after it.
     *
     * @param epoch of the host's row, which this connection raised
     * @param held what the agent serves; a lease that stands is adopted, which costs no call to STS
     * @param running every container on the host with the start of its first process, in clock ticks since boot
     * @return the state of the world for that host: what isn't in it isn't to be served any more
     * @throws IllegalStateException if the host was another controller's and its rows can't be read: the agent goes on
     *     serving what it has, and is to come again
     */
    public List<Delivery> connected(
            MesosAgentId host, long epoch, List<HeldLease> held, Map<ContainerId, Long> running) {
        boolean ours = isOurs(host, epoch);
        Optional<List<Lease>> changed = ours ? Optional.empty() : Optional.of(rows.live(host));
        lock.lock();
        try {
            changed.ifPresent(leases -> replace(host, leases));
            memory.hosts().connect(host, epoch, running);
            journal.claimed(host, epoch, ours);
            memory.refusals().retain(host, running.keySet());
            HostAdoption adoption = new HostAdoption(memory, trail, rule, USUAL_LENGTH);
            adoption.adopt(host, held, clock.instant());
            trail.back(host);
            actions.silently(host, () -> launchesOn(host).forEach(launch -> {
                if (!run(launch)) {
                    mark(Set.of(launch));
                }
            }));
            return adoption.world(host, held);
        } finally {
            marked.signalAll();
            lock.unlock();
        }
    }

    /** A host's stream ended; its agent serves on. An older stream than the newest changes nothing. */
    public void disconnected(MesosAgentId host, long epoch) {
        locked(() -> memory.hosts().disconnect(host, epoch));
    }

    /** Another controller has claimed the host since: what is remembered of it is void. */
    void outdated(MesosAgentId host, long epoch) {
        locked(() -> {
            if (memory.hosts().lose(host, epoch)) {
                LOG.warnf("host is another controller's mesosAgentId=%s epoch=%d", host, epoch);
                memory.leases().on(host).forEach(actions::drop);
            }
        });
    }

    /** What changed on a host: an end that its agent saw is a proven one. */
    public void containers(MesosAgentId host, Map<ContainerId, Long> started, Set<ContainerId> gone) {
        locked(() -> {
            memory.hosts().started(host, started);
            memory.hosts().ended(host, gone);
            memory.refusals().forget(host, gone);
            for (ContainerId container : gone) {
                Set<Launch> launches = new HashSet<>(memory.launches().in(host, container));
                memory.leases().on(host).stream()
                        .map(KeptLease::lease)
                        .filter(lease -> lease.container().equals(Optional.of(container)))
                        .forEach(lease -> launches.add(lease.launch()));
                TaskEnd end = new TaskEnd.ContainerEnded(container);
                launches.forEach(launch -> {
                    memory.launches().sawEnd(launch, end);
                    toTell.add(() -> ended.accept(launch, end));
                });
                mark(launches);
            }
        });
    }

    /** A container asks and its agent has nothing for it. */
    public void asked(MesosAgentId host, ContainerId container, CredentialName name) {
        locked(() -> {
            memory.hosts().asked(host, container, name);
            memory.refusals().on(host).stream()
                    .filter(refusal -> refusal.container().equals(container)
                            && refusal.key().name().equals(name))
                    .forEach(refusal -> actions.deliver(host, refusal.delivery()));
            memory.leases().on(host).stream()
                    .map(KeptLease::lease)
                    .filter(lease -> lease.container().equals(Optional.of(container))
                            && lease.name().equals(name)
                            && memory.sessions().of(lease.id()).isPresent())
                    .forEach(actions::serve);
            mark(memory.launches().in(host, container));
        });
    }

    @Override
    public boolean reportedAlive(MesosAgentId host, ContainerId container) {
        lock.lock();
        try {
            return memory.hosts().isAlive(host, container);
        } finally {
            lock.unlock();
        }
    }

    /** The live leases, oldest first, then the last thousand that ended. */
    public List<Lease> leases() {
        lock.lock();
        try {
            return memory.leases().snapshot();
        } finally {
            lock.unlock();
        }
    }

    /** What containers are told instead of credentials. */
    public List<Refusal> refusals() {
        lock.lock();
        try {
            return memory.refusals().all();
        } finally {
            lock.unlock();
        }
    }

    /** Why a launch's names have nothing yet, by name; for operators. */
    public Map<CredentialName, String> waiting(Launch launch) {
        lock.lock();
        try {
            return planner.plan(views.of(launch, clock.instant())).waiting();
        } finally {
            lock.unlock();
        }
    }

    /** Counts for metrics: what there is of each kind now. */
    public Counts counts() {
        lock.lock();
        try {
            return new Counts(
                    memory.leases().size(),
                    memory.sessions().size(),
                    memory.hosts().connected(),
                    queue.size(),
                    calls.inFlight(),
                    calls.queued());
        } finally {
            lock.unlock();
        }
    }

    /**
     * How much there is to keep.
     *
     * @param marked launches that are to be looked at, now or later
     */
    public record Counts(int leases, int sessions, int hosts, int marked, int callsInFlight, int callsQueued) {}

    @Override
    public void close() {
        locked(() -> closed = true);
    }

    /**
     * Runs the next launch that is due.
     *
     * @return whether there was one
     */
    boolean step() {
        boolean[] ran = new boolean[1];
        locked(() -> {
            Instant now = clock.instant();
            if (nextPass.map(at -> !now.isBefore(at)).orElse(true)) {
                pass(now);
            }
            queue.next(now).ifPresent(launch -> {
                ran[0] = true;
                if (run(launch)) {
                    queue.done(launch);
                } else {
                    queue.failed(launch, now);
                }
            });
        });
        return ran[0];
    }

    /** {@return whether all went well; nothing that goes wrong with one launch, or one action, stops another} */
    private boolean run(Launch launch) {
        Instant now = clock.instant();
        LeasePlan plan;
        try {
            plan = planner.plan(views.of(launch, now));
        } catch (RuntimeException e) {
            LOG.errorf(e, "planning went wrong launch=%s", launch);
            return false;
        }
        boolean good = true;
        for (LeaseAction action : plan.actions()) {
            try {
                actions.perform(action, now);
            } catch (RuntimeException e) {
                LOG.errorf(e, "an action went wrong launch=%s action=%s", launch, action);
                good = false;
            }
        }
        plan.again().ifPresent(at -> queue.mark(launch, at, false));
        return good;
    }

    /** Looks at everything, spread over the time until the next pass, and lets go of what nobody needs. */
    private void pass(Instant now) {
        nextPass = Optional.of(now.plus(fullPass));
        memory.launches().rebuild();
        memory.launches().prune(memory.leases().launches());
        memory.heldBack().retain(memory.leases().identities());
        Set<Launch> over = new HashSet<>();
        for (Launch launch : everything()) {
            Duration delay = Duration.ofMillis(random.nextLong(Math.max(1, fullPass.toMillis())));
            queue.mark(launch, now.plus(delay), false);
            if (memory.launches().end(launch).isPresent()
                    && memory.leases().of(launch).isEmpty()) {
                over.add(launch);
            }
        }
        Set<Launch> forgotten = new HashSet<>(over);
        forgotten.retainAll(settled);
        settled = over;
        if (!forgotten.isEmpty()) {
            toTell.add(() -> forget.accept(forgotten));
        }
    }

    private void answered(LeaseId lease, String identityHash, SessionOutcome outcome) {
        locked(() -> {
            calls.answered(lease);
            actions.answer(lease, identityHash, outcome, clock.instant());
        });
    }

    private boolean isOurs(MesosAgentId host, long epoch) {
        lock.lock();
        try {
            return memory.hosts().isOurs(host, epoch);
        } finally {
            lock.unlock();
        }
    }

    /** The rows are what another controller left; a lease in both keeps its session. */
    private void replace(MesosAgentId host, List<Lease> inTable) {
        Set<LeaseId> ids = new HashSet<>();
        inTable.forEach(lease -> ids.add(lease.id()));
        memory.leases().on(host).stream()
                .filter(kept -> !ids.contains(kept.lease().id()))
                .forEach(actions::drop);
        inTable.forEach(row -> memory.leases()
                .put(memory.leases()
                        .find(row.id())
                        .filter(kept -> kept.lease().revision() >= row.revision())
                        .orElse(KeptLease.fromRow(row))));
    }

    private Set<Launch> launchesOn(MesosAgentId host) {
        Set<Launch> launches = new HashSet<>(memory.launches().on(host));
        memory.leases().on(host).forEach(kept -> launches.add(kept.lease().launch()));
        return launches;
    }

    private Set<Launch> everything() {
        Set<Launch> all = new HashSet<>(memory.launches().launches());
        all.addAll(memory.leases().launches());
        return all;
    }

    private void mark(Collection<Launch> launches) {
        Instant now = clock.instant();
        launches.forEach(launch -> queue.mark(launch, now, true));
    }

    private void locked(Runnable change) {
        List<Runnable> tell = List.of();
        lock.lock();
        try {
            change.run();
            marked.signalAll();
            if (lock.getHoldCount() == 1) {
                tell = List.copyOf(toTell);
                toTell.clear();
            }
        } finally {
            lock.unlock();
        }
        tell.forEach(Runnable::run);
    }

    private void loop() {
        try {
            while (!closed) {
                if (!step()) {
                    rest();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until something is due. */
    private void rest() throws InterruptedException {
        lock.lock();
        try {
            Duration wait = untilDue();
            while (!closed && wait.isPositive()) {
                marked.awaitNanos(wait.toNanos());
                wait = untilDue();
            }
        } finally {
            lock.unlock();
        }
    }

    private Duration untilDue() {
        Instant next = Stream.concat(queue.nextDue().stream(), nextPass.stream())
                .min(Comparator.naturalOrder())
                .orElse(clock.instant());
        return Duration.between(clock.instant(), next);
    }
}
