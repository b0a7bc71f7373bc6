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
import io.mesosiam.channel.wire.AgentMessage.Held;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import io.mesosiam.channel.wire.ControllerMessage.TryRoles;
import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.pause.Doubling;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
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
 * The connection to the controllers. One stream serves the host, and the link opens the next one as soon as that is lost;
 * while the host moves to another controller there is a second one ({@link Mover}). Without a stream, the agent continues to
 * serve the leases that it holds.
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
    private final StreamEnds ends = new StreamEnds();

    private final CountDownLatch settled = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();

    /** Whether the host has enrolled again since the last dial was planned. */
    @GuardedBy("lock")
    private boolean enrolled;

    @GuardedBy("lock")
    private final PendingAsks asks;

    private final StreamSlots slots = new StreamSlots();
    private final MovePlan moves;
    private final Mover mover;

    @GuardedBy("lock")
    private @Nullable Exposure exposure;

    /** The epoch under which leases were received last. */
    private volatile OptionalLong servedUnder = OptionalLong.empty();

    private volatile @Nullable Thread dialler;
    private volatile @Nullable Thread moving;

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
        this.moves = new MovePlan(lock, plan, timing.away(), this::now);
        this.mover = new Mover(slots, moves, this::now, timing.opening());
    }

    /** Starts dialling. {@code running} supplies the host's containers, complete from now on. */
    public void start(Supplier<Set<Container>> running) {
        dialler =
                Thread.ofVirtual().name("controller-link").start(() -> repeat(() -> serve(nextController(), running)));
        moving = Thread.ofVirtual()
                .name("controller-move")
                .start(() -> repeat(() -> mover.turn(controller -> openBeside(controller, running))));
    }

    /**
     * Waits until the first controller has sent its leases or has failed. Until then, requests wait in the backlog of
     * the endpoint's socket, where no response time applies to them.
     */
    public void awaitFirstLeases() throws InterruptedException {
        boolean ignored = settled.await(timing.connect().toNanos(), TimeUnit.NANOSECONDS);
    }

    private interface Turn {
        void run() throws InterruptedException;
    }

    private void repeat(Turn turn) {
        try {
            int failed = 0;
            while (true) {
                failed = succeeds(turn) ? 0 : failed + 1;
                if (failed > 0) {
                    // the plan may be what failed, so this pause does not depend on it
                    TimeUnit.NANOSECONDS.sleep(PAUSES.after(failed).toNanos());
                }
            }
        } catch (InterruptedException e) {
            // close() interrupts this thread
        }
    }

    /** Returns false after an unexpected failure. */
    private boolean succeeds(Turn turn) throws InterruptedException {
        try {
            turn.run();
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
            boolean urgent = isUrgent();
            DialPlan.Dial dial = plan.next(now(), urgent);
            enrolled = false;
            while (now().isBefore(dial.at())) {
                Duration wait = Duration.between(now(), dial.at());
                boolean signalled = news.await(wait.toNanos(), TimeUnit.NANOSECONDS);
                if (enrolled || (signalled && !urgent)) {
                    urgent = !enrolled || isUrgent();
                    dial = plan.next(now(), urgent);
                    enrolled = false;
                }
            }
            return dial.controller();
        } finally {
            lock.unlock();
        }
    }

    /** Whether a container waits for an answer that only a controller can give. */
    @GuardedBy("lock")
    private boolean isUrgent() {
        return !asks.at(now()).isEmpty();
    }

    /** The dial that is planned now. */
    DialPlan.Dial nextDial() {
        lock.lock();
        try {
            return plan.next(now(), isUrgent());
        } finally {
            lock.unlock();
        }
    }

    /** Runs a stream to this controller, and those that take over from it. Returns when none serves the host. */
    private void serve(URI controller, Supplier<Set<Container>> running) throws InterruptedException {
        OpenStream serving = opened(controller, running);
        try {
            run(serving);
            Optional<OpenStream> next = ended(serving);
            while (next.isPresent()) {
                serving = next.get();
                StreamEnd unused = serving.ended().get();
                next = ended(serving);
            }
        } catch (InterruptedException e) {
            var unused = removed(serving);
            throw e;
        } catch (ExecutionException e) {
            throw new AssertionError("never completed exceptionally", e);
        }
    }

    private OpenStream openBeside(URI controller, Supplier<Set<Container>> running) {
        OpenStream opened = opened(controller, running);
        Thread unused = Thread.ofVirtual().name("controller-beside").start(() -> {
            try {
                run(opened);
            } catch (InterruptedException e) {
                throw new AssertionError("nothing interrupts this thread", e);
            }
        });
        return opened;
    }

    StreamSlots slots() {
        return slots;
    }

    MovePlan moves() {
        return moves;
    }

    /** Adds a stream that is not connected yet. */
    OpenStream opened(URI controller, Supplier<Set<Container>> running) {
        OpenStream opened = new OpenStream(
                controller,
                new ReportedContainers(running, store.owners()),
                moves.returnAfter(controller),
                self -> new ControllerStream(
                        controller, store, timing, new Noted(self), peer.certificates(), peer.roleTrials()));
        slots.add(opened);
        return opened;
    }

    /** Notes what becomes known of a stream. */
    private final class Noted implements ControllerStream.Progress {
        private final OpenStream opened;

        Noted(OpenStream opened) {
            this.opened = opened;
        }

        @Override
        public boolean serves() {
            return slots.serving().filter(serving -> serving == opened).isPresent();
        }

        @Override
        public Map<String, Optional<String>> reported() {
            return opened.reported();
        }

        @Override
        public boolean arrived(long epoch) {
            opened.inSync();
            boolean used = slots.arrived(opened, epoch);
            if (used) {
                servedUnder = OptionalLong.of(epoch);
                opened.works(now());
                settled.countDown();
                mover.wake();
            }
            return used;
        }

        @Override
        public void move(Duration within) {
            opened.asksToMove(within);
            mover.wake();
        }
    }

    /** Runs a stream until it ends. */
    private void run(OpenStream opened) throws InterruptedException {
        StreamEnd end = new StreamEnd.Lost("the agent stops");
        try {
            HostIdentity identity = peer.identity();
            end = opened.stream().run(peer.tls(), () -> sendHello(opened, identity));
        } catch (IOException e) {
            end = new StreamEnd.Lost(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            // the next stream may succeed
            failures.caught(e);
            end = new StreamEnd.Lost("unexpected failure, " + e.getClass().getName());
        } finally {
            ends.count(end);
            opened.ended(end);
        }
    }

    /**
     * Sends the hello, the containers that have changed while it was made, then the pending asks. From now on,
     * container changes are sent on this stream.
     */
    void sendHello(OpenStream opened, HostIdentity identity) {
        // first: a lease that another stream brings after this is reported, or can be kept
        Map<String, Optional<String>> leases = store.containers();
        // before the containers are read: they include the container of each of these leases, unless it has ended
        List<Held> held = store.held();
        // reads Mesos's files, for which no request waits
        List<RunningContainer> containers = opened.containers().all();
        lock.lock();
        try {
            opened.stream()
                    .send(new Hello(
                            Protocol.VERSION,
                            AgentVersion.TEXT,
                            identity.hostname(),
                            identity.mesosAgentId(),
                            held,
                            containers,
                            servedUnder));
            opened.greeted(identity.mesosAgentId(), leases);
            // before the asks, which may be those of containers that started since
            opened.containersChanged();
            asks.at(now()).forEach(ask -> opened.ask(ask, store::hasEnded));
            if (exposure != null) {
                opened.stream().send(exposure);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Notes the end of the stream that served the host.
     *
     * @return the stream that serves it now
     */
    Optional<OpenStream> ended(OpenStream former) {
        settled.countDown();
        StreamEnd end = former.ended().join();
        end.log(former.controller());
        lock.lock();
        try {
            List<OpenStream> open = slots.all();
            Optional<OpenStream> next = removed(former);
            plan.ended(former.controller(), former.stream().synced(), end, now());
            former.stay(now())
                    .filter(stay -> end.isAfterClaim() || plan.isLong(stay))
                    .ifPresent(stay -> plan.stayed(former.controller(), stay, now()));
            for (OpenStream beside : open) {
                if (beside != former && next.isEmpty()) {
                    abandon(beside);
                }
            }
            if (enrolled) {
                plan.enrolledAgain(now());
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    private Optional<OpenStream> removed(OpenStream former) {
        lock.lock();
        try {
            if (former.isInSync()) {
                lost = now();
            }
            return slots.ended(former);
        } finally {
            lock.unlock();
        }
    }

    /** Ends a stream that is not connected yet. Its controller is not the first to be dialled again. */
    @GuardedBy("lock")
    private void abandon(OpenStream beside) {
        StreamEnd end = beside.stream().end(new StreamEnd.Lost("not connected when the host's stream ended"));
        plan.ended(beside.controller(), false, end, now());
    }

    @Override
    public void requestLease(String containerId, String name) {
        Ask ask = new Ask(containerId, name);
        lock.lock();
        try {
            if (asks.add(ask, now())) {
                slots.all().forEach(stream -> stream.ask(ask, store::hasEnded));
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
            slots.all().forEach(OpenStream::containersChanged);
        } finally {
            lock.unlock();
        }
    }

    /** Sends what containers reach of the host's role, now and on each new stream. */
    public void exposed(Exposure found) {
        lock.lock();
        try {
            exposure = found;
            slots.all().forEach(stream -> stream.report(found));
        } finally {
            lock.unlock();
        }
    }

    /** Whether a stream is open and its controller has sent this host's leases. */
    public boolean isInSync() {
        return slots.serving().filter(OpenStream::isInSync).isPresent();
    }

    @Override
    public void expose(Exposition out) {
        boolean connected;
        Instant since;
        lock.lock();
        try {
            connected = isInSync();
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
        ends.expose(out);
    }

    /** Time since this object's creation, as an instant; it is not a date. */
    Instant now() {
        return Instant.EPOCH.plusNanos(nanoTime.getAsLong() - begun);
    }

    /** Ends the stream and stops dialling. */
    @Override
    public void close() {
        Thread thread = dialler;
        Thread other = moving;
        if (other != null) {
            other.interrupt();
        }
        slots.all().forEach(stream -> {
            StreamEnd unused = stream.stream().end(new StreamEnd.Lost("the agent stops"));
        });
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
