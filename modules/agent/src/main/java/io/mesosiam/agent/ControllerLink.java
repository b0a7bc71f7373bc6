package io.mesosiam.agent;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.metrics.MetricSource;
import io.mesosiam.agent.serve.LeaseRequester;
import io.mesosiam.channel.wire.AgentMessage.Ask;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.Protocol;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The line to the controllers: one stream at a time, and another one as soon as it is lost. Leases are served on while
 * there is none.
 */
final class ControllerLink implements LeaseRequester, MetricSource, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ControllerLink.class.getName());
    private static final int MAX_ASKS = 10_000;
    private static final Duration STOP = Duration.ofSeconds(1);

    /** After what no code expects: half a second, doubling to 32 s. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

    private static final int MAX_DOUBLINGS = 6;

    private final Peer peer;
    private final DialPlan plan;
    private final LeaseStore store;
    private final LongSupplier nanoTime;
    private final long begun;
    private final LinkTiming timing;
    private final UnexpectedFailures failures;

    private final CountDownLatch settled = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition asked = lock.newCondition();
    /** When each ask was last sent, or would have been. */
    private final Map<Ask, Instant> asks = new HashMap<>();

    private @Nullable ControllerStream stream;
    private @Nullable ReportedContainers reported;
    private volatile @Nullable Thread dialler;
    /** When a stream that had been in step was over. */
    private @Nullable Instant lost;

    /** What the agent shows of itself, read anew for each stream. */
    interface Peer {
        SSLContext tls() throws IOException;

        HostIdentity identity() throws IOException;
    }

    /** @param nanoTime as {@link System#nanoTime}: no wait may grow when the host's clock is set back */
    ControllerLink(
            Peer peer,
            DialPlan plan,
            LeaseStore store,
            LongSupplier nanoTime,
            LinkTiming timing,
            UnexpectedFailures failures) {
        this.peer = peer;
        this.plan = plan;
        this.store = store;
        this.nanoTime = nanoTime;
        this.begun = nanoTime.getAsLong();
        this.timing = timing;
        this.failures = failures;
    }

    /**
     * Begins to dial.
     *
     * @param running the containers of this host, whole from now on
     */
    void start(Supplier<Set<Container>> running) {
        dialler = Thread.ofVirtual().name("controller-link").start(() -> dial(running));
    }

    /**
     * Waits until the first controller that was tried has sent its leases, or shown that it won't: asks that come meanwhile are better off in the
     * backlog, where nothing has to be answered in time.
     */
    void awaitFirstLeases() throws InterruptedException {
        boolean ignored = settled.await(timing.connect().toNanos(), TimeUnit.NANOSECONDS);
    }

    private void dial(Supplier<Set<Container>> running) {
        try {
            int failed = 0;
            while (true) {
                failed = attempt(running) ? 0 : failed + 1;
                if (failed > 0) {
                    // the plan may be what fails: this wait doesn't depend on it
                    TimeUnit.NANOSECONDS.sleep(pause(failed).toNanos());
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /** One stream, from the wait for its turn to its end; false if something failed that no code expects. */
    private boolean attempt(Supplier<Set<Container>> running) throws InterruptedException {
        try {
            talk(turn(), new ReportedContainers(running));
            return true;
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            failures.caught(e);
            settled.countDown();
            return false;
        }
    }

    private static Duration pause(int failed) {
        return FIRST_PAUSE.multipliedBy(1L << Math.min(failed - 1, MAX_DOUBLINGS));
    }

    /** Waits for the next controller's turn. An ask that comes meanwhile brings it forward. */
    private URI turn() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            boolean urgent = waiting();
            DialPlan.Dial dial = plan.next(now(), urgent);
            while (now().isBefore(dial.at())) {
                Duration wait = Duration.between(now(), dial.at());
                boolean news = asked.await(wait.toNanos(), TimeUnit.NANOSECONDS);
                if (news && !urgent) {
                    urgent = true;
                    dial = plan.next(now(), true);
                }
            }
            return dial.controller();
        } finally {
            lock.unlock();
        }
    }

    private void talk(URI controller, ReportedContainers toThis) throws InterruptedException {
        ControllerStream opened = new ControllerStream(controller, store, timing, settled::countDown);
        ControllerStream.End end;
        try {
            greet(opened, peer.identity(), toThis);
            end = opened.run(peer.tls());
        } catch (IOException e) {
            end = new ControllerStream.End.Lost(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            // the next stream may succeed
            failures.caught(e);
            end = new ControllerStream.End.Lost(
                    "unexpected failure, " + e.getClass().getName());
        } finally {
            forget();
        }
        conclude(controller, opened.synced(), end);
    }

    /** The hello, then the asks that wait; from now on changes go to this stream. */
    private void greet(ControllerStream opened, HostIdentity identity, ReportedContainers toThis) {
        lock.lock();
        try {
            opened.send(new Hello(
                    Protocol.VERSION,
                    AgentVersion.TEXT,
                    identity.hostname(),
                    identity.mesosAgentId(),
                    store.held(),
                    toThis.all()));
            forgetOldAsks();
            asks.keySet().forEach(opened::send);
            stream = opened;
            reported = toThis;
        } finally {
            lock.unlock();
        }
    }

    private void forget() {
        lock.lock();
        try {
            if (inStep()) {
                lost = now();
            }
            stream = null;
            reported = null;
        } finally {
            lock.unlock();
        }
    }

    private void conclude(URI controller, boolean worked, ControllerStream.End end) {
        settled.countDown();
        switch (end) {
            case ControllerStream.End.Lost(String reason) -> {
                LOG.log(Level.WARNING, "no stream to the controller controller={0} reason={1}", controller, reason);
                if (worked) {
                    plan.lost(controller, now());
                } else {
                    plan.failed(controller, now());
                }
            }
            case ControllerStream.End.ComeAgain(String code, String message, Duration retryAfter) -> {
                LOG.log(
                        Level.INFO,
                        "the controller ended the stream for now controller={0} code={1} message={2}",
                        controller,
                        code,
                        message);
                plan.sentAway(controller, worked, retryAfter, now());
            }
            case ControllerStream.End.Refused(String code, String message) -> {
                LOG.log(
                        Level.ERROR,
                        "refused by the controller, leases are served until they expire controller={0} code={1}"
                                + " message={2}",
                        controller,
                        code,
                        message);
                plan.refused(controller, now());
            }
        }
    }

    @Override
    public void ask(String containerId, String name) {
        Ask ask = new Ask(containerId, name);
        lock.lock();
        try {
            forgetOldAsks();
            if (asks.size() < MAX_ASKS && asks.putIfAbsent(ask, now()) == null) {
                if (stream != null) {
                    stream.send(ask);
                }
                asked.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Says what has changed on the host, if a controller is there to hear it: the next hello tells all. */
    void containersChanged() {
        lock.lock();
        try {
            if (stream != null && reported != null) {
                reported.change().ifPresent(stream::send);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether a controller is there, and what it says of this host is here. */
    private boolean inStep() {
        return stream != null && stream.synced();
    }

    @Override
    public void expose(Exposition out) {
        boolean connected;
        Instant since;
        lock.lock();
        try {
            connected = inStep();
            since = lost;
        } finally {
            lock.unlock();
        }
        out.gauge(
                        "mesosiam_agent_controller_connected",
                        "1 while a controller's stream is open and its state of the world is here.")
                .sample(connected ? 1 : 0);
        var last = out.gauge(
                "mesosiam_agent_controller_unsynced_seconds",
                "Time since the controller's state of the world was last followed; no sample if it never was.");
        if (connected) {
            last.sample(0);
        } else if (since != null) {
            last.sample(Duration.between(since, now()).toMillis() / 1000.0);
        }
    }

    private boolean waiting() {
        forgetOldAsks();
        return !asks.isEmpty();
    }

    private void forgetOldAsks() {
        Instant old = now().minus(timing.ask());
        asks.values().removeIf(at -> at.isBefore(old));
    }

    /** Counted from this object's creation: for waits and ages, no date. */
    private Instant now() {
        return Instant.EPOCH.plusNanos(nanoTime.getAsLong() - begun);
    }

    /** Ends the stream and dials no more. */
    @Override
    public void close() {
        Thread thread = dialler;
        if (thread != null) {
            thread.interrupt();
            try {
                boolean ignored = thread.join(STOP);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
