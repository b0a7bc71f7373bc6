package io.mesosiam.agent.link;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.config.HostIdentity;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.metrics.MetricSource;
import io.mesosiam.agent.serve.LeaseRequester;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Ask;
import io.mesosiam.channel.wire.AgentMessage.Exposure;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage.TryRoles;
import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.pause.Doubling;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The connection to the controllers. It has one stream at a time and opens the next one as soon as that is lost.
 * Without a stream, the agent continues to serve the leases that it holds.
 */
public final class ControllerLink implements LeaseRequester, MetricSource, AutoCloseable {
    private static final Duration STOP = Duration.ofSeconds(1);

    /** The pause after an unexpected failure: 500 ms, doubling to 32 s. */
    private static final Doubling PAUSES = new Doubling(Duration.ofMillis(500), Duration.ofSeconds(32));

    private final Peer peer;

    @GuardedBy("lock")
    private final DialPlan plan;

    private final LeaseStore store;
    private final LongSupplier nanoTime;
    private final long begun;
    private final LinkTiming timing;
    private final UnexpectedFailures failures;

    private final CountDownLatch settled = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();

    /** Whether the host has enrolled again since the last dial was planned. */
    @GuardedBy("lock")
    private boolean enrolled;

    @GuardedBy("lock")
    private final PendingAsks asks;

    @GuardedBy("lock")
    private @Nullable ControllerStream stream;

    @GuardedBy("lock")
    private @Nullable ReportedContainers reported;

    @GuardedBy("lock")
    private @Nullable Exposure exposure;

    private volatile @Nullable Thread dialler;

    /** The end of the last stream that was synchronized. */
    @GuardedBy("lock")
    private @Nullable Instant lost;

    /** The agent's TLS context and host identity, read again for each stream. */
    public interface Peer {
        SSLContext tls() throws IOException;

        HostIdentity identity() throws IOException;

        /** Requests certificates over the streams, if the controllers issue this host's. */
        default CertificateExchange certificates() {
            return CertificateExchange.NONE;
        }

        /** Tries roles as the host's own, and sends the answer to the second argument. Returns at once. */
        default BiConsumer<TryRoles, Consumer<AgentMessage>> roleTrials() {
            return (_, _) -> {};
        }
    }

    /**
     * Creates a link, which begins to dial at {@link #start}.
     *
     * @param nanoTime a monotonic clock such as {@link System#nanoTime}: a host clock that is set back must not
     *     lengthen a wait
     */
    public ControllerLink(
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
        this.asks = new PendingAsks(timing.ask());
        this.failures = failures;
    }

    /** Starts dialling. {@code running} supplies the host's containers, complete from now on. */
    public void start(Supplier<Set<Container>> running) {
        dialler = Thread.ofVirtual().name("controller-link").start(() -> dial(running));
    }

    /**
     * Waits until the first controller has sent its leases or has failed. Until then, requests wait in the backlog of
     * the endpoint's socket, where no response time applies to them.
     */
    public void awaitFirstLeases() throws InterruptedException {
        boolean ignored = settled.await(timing.connect().toNanos(), TimeUnit.NANOSECONDS);
    }

    private void dial(Supplier<Set<Container>> running) {
        try {
            int failed = 0;
            while (true) {
                failed = attempt(running) ? 0 : failed + 1;
                if (failed > 0) {
                    // the plan may be what failed, so this pause does not depend on it
                    TimeUnit.NANOSECONDS.sleep(PAUSES.after(failed).toNanos());
                }
            }
        } catch (InterruptedException e) {
            // close() interrupts this thread
        }
    }

    /** Runs one stream, including the wait before it. Returns false after an unexpected failure. */
    private boolean attempt(Supplier<Set<Container>> running) throws InterruptedException {
        try {
            runStream(nextController(), new ReportedContainers(running));
            return true;
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            failures.caught(e);
            settled.countDown();
            return false;
        }
    }

    /** The host has another certificate, because controllers did not accept the former one. */
    public void enrolledAgain() {
        lock.lock();
        try {
            enrolled = true;
            plan.enrolledAgain(now());
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the next dial is due and returns its controller. A new ask or another certificate makes it due earlier. */
    private URI nextController() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            boolean urgent = !asks.at(now()).isEmpty();
            DialPlan.Dial dial = plan.next(now(), urgent);
            enrolled = false;
            while (now().isBefore(dial.at())) {
                Duration wait = Duration.between(now(), dial.at());
                boolean signalled = news.await(wait.toNanos(), TimeUnit.NANOSECONDS);
                if (enrolled || (signalled && !urgent)) {
                    urgent = !enrolled || !asks.at(now()).isEmpty();
                    dial = plan.next(now(), urgent);
                    enrolled = false;
                }
            }
            return dial.controller();
        } finally {
            lock.unlock();
        }
    }

    private void runStream(URI controller, ReportedContainers containers) throws InterruptedException {
        ControllerStream opened = new ControllerStream(
                controller, store, timing, settled::countDown, peer.certificates(), peer.roleTrials());
        StreamEnd end;
        try {
            sendHello(opened, peer.identity(), containers);
            end = opened.run(peer.tls());
        } catch (IOException e) {
            end = new StreamEnd.Lost(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            // the next stream may succeed
            failures.caught(e);
            end = new StreamEnd.Lost("unexpected failure, " + e.getClass().getName());
        } finally {
            clearStream();
        }
        noteEnd(controller, opened.synced(), end);
    }

    /** Sends the hello, then the pending asks. From now on, container changes are sent on this stream. */
    private void sendHello(ControllerStream opened, HostIdentity identity, ReportedContainers containers) {
        lock.lock();
        try {
            opened.send(new Hello(
                    Protocol.VERSION,
                    AgentVersion.TEXT,
                    identity.hostname(),
                    identity.mesosAgentId(),
                    store.held(),
                    containers.all()));
            asks.at(now()).forEach(opened::send);
            if (exposure != null) {
                opened.send(exposure);
            }
            stream = opened;
            reported = containers;
        } finally {
            lock.unlock();
        }
    }

    private void clearStream() {
        lock.lock();
        try {
            if (inSync()) {
                lost = now();
            }
            stream = null;
            reported = null;
        } finally {
            lock.unlock();
        }
    }

    private void noteEnd(URI controller, boolean worked, StreamEnd end) {
        settled.countDown();
        end.log(controller);
        lock.lock();
        try {
            plan.ended(controller, worked, end, now());
            if (enrolled) {
                plan.enrolledAgain(now());
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void requestLease(String containerId, String name) {
        Ask ask = new Ask(containerId, name);
        lock.lock();
        try {
            if (asks.add(ask, now())) {
                if (stream != null) {
                    stream.send(ask);
                }
                news.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sends the containers that have started or ended since the last report. Without a stream it sends nothing: the
     * next hello lists all containers.
     */
    public void containersChanged() {
        lock.lock();
        try {
            if (stream != null && reported != null) {
                reported.change().ifPresent(stream::send);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Sends what containers reach of the host's role, now and on each new stream. */
    public void exposed(Exposure found) {
        lock.lock();
        try {
            exposure = found;
            if (stream != null) {
                stream.send(found);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether a stream is open and its controller has sent this host's leases. */
    @GuardedBy("lock")
    private boolean inSync() {
        return stream != null && stream.synced();
    }

    @Override
    public void expose(Exposition out) {
        boolean connected;
        Instant since;
        lock.lock();
        try {
            connected = inSync();
            since = lost;
        } finally {
            lock.unlock();
        }
        out.gauge(
                        "mesosiam_agent_controller_connected",
                        "1 while a controller's stream is open and it has sent this host's leases.")
                .sample(connected ? 1 : 0);
        var last = out.gauge(
                "mesosiam_agent_controller_unsynced_seconds",
                "Time since the agent was last in sync with a controller; no sample before the first time.");
        if (connected) {
            last.sample(0);
        } else if (since != null) {
            last.sample(Duration.between(since, now()).toMillis() / 1000.0);
        }
    }

    /** Time since this object's creation, as an instant; it is not a date. */
    private Instant now() {
        return Instant.EPOCH.plusNanos(nanoTime.getAsLong() - begun);
    }

    /** Ends the stream and stops dialling. */
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
