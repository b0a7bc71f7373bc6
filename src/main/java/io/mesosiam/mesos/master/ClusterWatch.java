package io.mesosiam.mesos.master;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.clock.PeerClocks;
import io.mesosiam.loop.Loop;
import io.mesosiam.mesos.ClusterListener;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.HostReports;
import io.mesosiam.mesos.KnownLaunch;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.RunningContainers;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.WatchHealth;
import io.mesosiam.mesos.model.ClusterEvent;
import io.mesosiam.mesos.model.ClusterModel;
import io.mesosiam.pause.Backoff;
import io.mesosiam.pause.Doubling;
import io.mesosiam.pause.TimedWakeup;
import io.mesosiam.pause.Wakeup;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Follows the leading master and maintains the {@link ClusterState}. Changes that the operator stream reports take
 * effect within a millisecond of their arrival. Polls add what the stream doesn't contain, and replace it where it
 * isn't available. A failure of the masters ends no launch: the state stays as it is, and {@link #health} reports the
 * errors.
 */
@Singleton
public final class ClusterWatch implements AutoCloseable {
    private static final String APPLYING = "apply";
    private static final String TLS = "tls-files";

    /** Delays after failures of the operator stream. */
    static final Doubling RETRIES = new Doubling(Duration.ofMillis(100), Duration.ofSeconds(30));

    private static final Duration WATCHDOG_STEP = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final HostReports hosts;
    private final MasterClient client;
    private final WatchStatus report;
    private final StreamLoop stream;
    private final PollLoop poll;
    private final Wakeup watchdogWakeup;
    private final Loop watchdogLoop = new Loop("mesos-watchdog");
    private final boolean followStream;

    /** Serializes the events of both loops and of callers; the listener is called while it is held. */
    private final ReentrantLock order = new ReentrantLock();

    private volatile ClusterModel model = ClusterModel.startingWith(List.of());
    private volatile boolean closed;

    /** Whether the listener knows whether a master answers. */
    @GuardedBy("order")
    private boolean answersApplied = true;

    @GuardedBy("order")
    private ClusterListener listener = (state, touched) -> Set.of();

    private volatile List<Thread> threads = List.of();

    @Inject
    public ClusterWatch(
            MesosConfig config, HostReports hosts, InstantSource clock, PeerClocks peers, RandomGenerator random) {
        this(config, hosts, clock, System::nanoTime, peers, random, TimedWakeup::new);
    }

    /** For tests that control time and the wakeups: those of the stream, the poll and the watchdog, in this order. */
    ClusterWatch(
            MesosConfig config,
            HostReports hosts,
            InstantSource clock,
            LongSupplier nanoTime,
            PeerClocks peers,
            RandomGenerator random,
            Supplier<Wakeup> wakeups) {
        this.hosts = hosts;
        this.client = new MasterClient(config, nanoTime, peers);
        this.report = new WatchStatus(clock, nanoTime);
        this.followStream = config.stream() == MesosConfig.StreamMode.AUTO;
        Wakeup streamWakeup = wakeups.get();
        Wakeup pollWakeup = wakeups.get();
        this.watchdogWakeup = wakeups.get();
        this.stream = new StreamLoop(
                this, client, config, report, new Backoff(RETRIES, random), nanoTime, streamWakeup, pollWakeup);
        this.poll = new PollLoop(this, client, config, report, stream, nanoTime, pollWakeup);
    }

    /**
     * Starts the watch. Call it once.
     *
     * @param known launches of the leases that an earlier controller left
     * @param listener receives every later state
     */
    public void start(Collection<KnownLaunch> known, ClusterListener listener) {
        order.lock();
        try {
            this.model = ClusterModel.startingWith(known);
            this.listener = listener;
        } finally {
            order.unlock();
        }
        threads = List.of(
                Thread.ofVirtual().name("mesos-stream").unstarted(followStream ? stream : () -> {}),
                Thread.ofVirtual().name("mesos-poll").unstarted(poll),
                Thread.ofVirtual().name("mesos-watchdog").unstarted(this::watchdog));
        threads.forEach(Thread::start);
    }

    /** The newest state; initially an empty one with version 1. */
    public ClusterState state() {
        return model.state();
    }

    /** The condition of the watch, for readiness. */
    public WatchHealth health() {
        return report.health();
    }

    /** Time since a leading master last sent an event, a heartbeat or a listing; empty before the first. */
    public Optional<Duration> silence() {
        return report.silence();
    }

    /** Number of events and elements of listings that couldn't be used, since the start. */
    public long rejected() {
        return report.rejectedSoFar();
    }

    /** Records the end of a launch that another source has proven: the agent on its host, or EC2. */
    public void ended(Launch launch, TaskEnd end) {
        apply(new ClusterEvent.EndObserved(launch, end));
    }

    @Override
    public void close() {
        closed = true;
        client.close();
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            try {
                thread.join(CLOSE_TIMEOUT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    boolean closed() {
        return closed;
    }

    /** {@return whether the event was applied; if not, a later listing contains the same change} */
    boolean apply(ClusterEvent event) {
        if (event instanceof ClusterEvent.Nothing || event instanceof ClusterEvent.Unusable) {
            return true;
        }
        order.lock();
        try {
            // read under the lock: while this event waited, agents may have reported ends
            return apply(event, hosts.running());
        } finally {
            order.unlock();
        }
    }

    @GuardedBy("order")
    private boolean apply(ClusterEvent event, RunningContainers running) {
        try {
            Set<Launch> unneeded = publish(event, running);
            if (!unneeded.isEmpty()) {
                publish(new ClusterEvent.Forgotten(Set.copyOf(unneeded)), running);
            }
            if (event instanceof ClusterEvent.Polled || event instanceof ClusterEvent.Subscribed) {
                report.succeeded(APPLYING);
            }
            return true;
        } catch (RuntimeException | Error e) {
            report.failedUnexpectedly(APPLYING, "event " + event.getClass().getSimpleName(), e);
            return false;
        }
    }

    /** {@return ended launches that the listener no longer needs} */
    @GuardedBy("order")
    private Set<Launch> publish(ClusterEvent event, RunningContainers running) {
        ClusterModel.Change change = model.apply(event, running);
        model = change.model();
        return listener.changed(change.model().state(), change.touched());
    }

    /**
     * Applies that masters have ceased to answer, or answer again. The loops call it after each change of the status;
     * if the listener fails, the next call repeats it.
     */
    void masterAnswers() {
        order.lock();
        try {
            boolean answers = report.health().ready();
            if (!closed && (answers != model.state().masterAnswers() || !answersApplied)) {
                answersApplied = apply(new ClusterEvent.MasterAnswers(answers), hosts.running());
            }
        } finally {
            order.unlock();
        }
    }

    /** Number of unexpected failures of polls, the stream or events, since the start. */
    public long failures() {
        return report.failures();
    }

    /** The parts of the watch that currently fail unexpectedly. */
    public Optional<String> unexpected() {
        return report.unexpected();
    }

    private void watchdog() {
        watchdogLoop.run(() -> !closed, () -> {
            watchdogWakeup.await(WATCHDOG_STEP);
            client.closeIdle();
            client.reloadTls().ifPresentOrElse(error -> report.failed(TLS, error), () -> report.succeeded(TLS));
        });
    }

    /** Names of the watch's threads that have ended while the watch is open. */
    public List<String> endedThreads() {
        return closed
                ? List.of()
                : threads.stream()
                        .filter(thread -> thread.getState() == Thread.State.TERMINATED)
                        .map(Thread::getName)
                        .filter(name -> followStream || !name.equals("mesos-stream"))
                        .toList();
    }
}
