package io.mesosiam.audit;

import io.mesosiam.loop.Loop;
import io.mesosiam.postgres.NoAnswer;
import io.mesosiam.postgres.PlainReason;
import io.mesosiam.postgres.SessionLock;
import io.mesosiam.postgres.SessionPool;
import io.mesosiam.postgres.WriteFailure;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Streams the audit trail to a file or a syslog. It reads the table, so what streams slowly or not at all is still there, and
 * nothing else waits for it. Each event is passed on at least once, in the order of the ids: the position moves after the sink
 * has taken the events, and a restarted controller goes on after it.
 *
 * <p>Of the controllers whose streams have the same name, the holder of a lock streams; if it stops, another one goes on.
 */
@Singleton
public final class AuditStream implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(AuditStream.class);
    private static final Duration LOCK_LIMIT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration WRITE_LIMIT = Duration.ofSeconds(30);

    /** Events that wait for longer are trouble on each controller, since its holder may not report it. */
    private static final Duration LONGEST_STOP = Duration.ofMinutes(1);

    private final Duration poll;
    private final Duration writeLimit;
    private final Duration longestStop;
    private final Optional<AuditSink> sink;
    private final StreamPosition position;

    /** The newest event that this controller has passed on, until the position is stored. Of the loop's thread alone. */
    private OptionalLong passedOn = OptionalLong.empty();

    /** The position after which events waited at the last check. Of the loop's thread alone. */
    private OptionalLong standing = OptionalLong.empty();

    /** Since when each check has found it. */
    private long standingSince = System.nanoTime();

    private final SessionLock lock;
    private final Loop loop = new Loop("audit-stream");
    private final AtomicLong streamed = new AtomicLong();
    private volatile Optional<String> trouble = Optional.empty();
    private volatile boolean closed;
    private volatile @Nullable Thread thread;

    @Inject
    public AuditStream(Pool pool, SessionPool sessions, AuditConfig config) {
        this(pool, sessions, config.stream(), POLL, WRITE_LIMIT, LONGEST_STOP);
    }

    /**
     * @param poll interval at which new events are looked for
     * @param writeLimit after this time a write of a page of events is trouble
     * @param longestStop events that wait for longer while the position stays are trouble
     */
    AuditStream(
            Pool pool,
            SessionPool sessions,
            AuditConfig.Stream config,
            Duration poll,
            Duration writeLimit,
            Duration longestStop) {
        this.poll = poll;
        this.writeLimit = writeLimit;
        this.longestStop = longestStop;
        this.sink = config.file().<AuditSink>map(FileSink::new).or(() -> config.syslog()
                .map(address -> new SyslogSink(address, hostName())));
        this.position = new StreamPosition(pool, config.name());
        this.lock = new SessionLock(sessions, "mesos-iam audit stream " + config.name(), LOCK_LIMIT);
    }

    /** Starts the stream if a sink is configured. */
    public void start() {
        sink.ifPresent(to -> {
            thread = Thread.ofVirtual().name("audit-stream").start(() -> loop.run(() -> !closed, () -> turn(to)));
        });
    }

    /** How many events this controller has passed on since its start. */
    public long streamed() {
        return streamed.get();
    }

    /** Why events aren't passed on at present; empty if they are, also by another controller. */
    public Optional<String> trouble() {
        return trouble;
    }

    /** The loop, for metrics and readiness. */
    public Loop loop() {
        return loop;
    }

    private void turn(AuditSink to) throws InterruptedException {
        try {
            passOn(to);
        } catch (RuntimeException e) {
            if (closed) {
                LOG.debug("audit stream ended within a turn", e);
            } else if (WriteFailure.of(e) == WriteFailure.LOCKED) {
                away(WriteFailure.LOCKED.text());
            } else if (NoAnswer.is(e)) {
                away("the database does not answer, " + PlainReason.of(e));
            } else {
                throw e;
            }
        }
    }

    /** The events stay in the database. The lock's connection may be lost too, so that another controller goes on. */
    private void away(String reason) throws InterruptedException {
        waits(reason);
        Thread.sleep(PAUSE);
    }

    private void waits(String reason) {
        if (trouble.isEmpty() && !closed) {
            LOG.warnf("audit stream interrupted reason=\"%s\"", reason);
        }
        trouble = Optional.of("the audit stream waits: " + reason);
    }

    /**
     * The trouble of a stream that passes on nothing. The times of events and of the position don't count: an event is as old as the
     * transaction that wrote it, and can be after a position that another controller, which begins, or an operator has just set.
     */
    private void check(String reason) {
        OptionalLong waiting = position.waiting();
        long now = System.nanoTime();
        if (waiting.isEmpty() || !waiting.equals(standing)) {
            standing = waiting;
            standingSince = now;
        }
        if (now - standingSince > longestStop.toNanos()) {
            waits(reason);
        } else {
            goesOn();
        }
    }

    private void passOn(AuditSink to) throws InterruptedException {
        if (lock.tryAcquire() != SessionLock.State.OURS) {
            long _ = position.read(); // a stream that no controller has begun counts too
            check("no controller passes events on, or the holder of the stream's lock doesn't");
            Thread.sleep(PAUSE);
            return;
        }
        moveOn();
        long at = position.read();
        long last = position.finalId(at);
        List<AuditedEvent> events = position.next(at, last);
        if (events.isEmpty()) {
            check("an open transaction has written events");
        }
        while (!events.isEmpty() && !closed) {
            if (!written(to, events)) {
                Thread.sleep(PAUSE);
                return;
            }
            at = events.getLast().id();
            passedOn = OptionalLong.of(at);
            moveOn();
            streamed.addAndGet(events.size());
            events = position.next(at, last);
        }
        Thread.sleep(poll);
    }

    /** Until the position is stored, nothing more is passed on: from the position before, the same events would be again. */
    private void moveOn() {
        if (passedOn.isPresent()) {
            position.move(passedOn.getAsLong());
            passedOn = OptionalLong.empty();
            goesOn();
        }
    }

    private void goesOn() {
        if (trouble.isPresent()) {
            LOG.info("audit stream goes on");
        }
        trouble = Optional.empty();
    }

    private boolean written(AuditSink to, List<AuditedEvent> events) throws InterruptedException {
        try {
            write(to, events);
            goesOn();
            return true;
        } catch (IOException e) {
            sinkFails(e.getClass().getSimpleName());
            return false;
        }
    }

    /**
     * A write that takes too long is trouble, and is waited for all the same: a connection that is closed loses what the kernel
     * has not sent, and a slow sink would be sent the same events again and again.
     */
    private void write(AuditSink to, List<AuditedEvent> events) throws IOException, InterruptedException {
        FutureTask<Boolean> write = new FutureTask<>(() -> {
            to.write(events);
            return true;
        });
        Thread writer = Thread.ofVirtual().name("audit-stream-write").start(write);
        try {
            if (!writer.join(writeLimit)) {
                sinkFails("a write that takes too long");
                awaitWhileOurs(writer, to);
            }
            boolean _ = write.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException("unexpected failure of the audit stream's sink", e.getCause());
        } finally {
            writer.interrupt();
        }
    }

    /** Once another controller streams, it writes the same events. */
    private void awaitWhileOurs(Thread writer, AuditSink to) throws InterruptedException {
        while (!writer.join(PAUSE)) {
            if (lock.tryAcquire() == SessionLock.State.ANOTHERS) {
                end(to);
            }
        }
    }

    private void sinkFails(String how) {
        if (trouble.isEmpty() && !closed) {
            LOG.warnf("audit stream interrupted, events stay in the database failure=\"%s\"", how);
        }
        trouble = Optional.of("the sink of the audit stream fails with " + how);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "-";
        }
    }

    /** Ends the stream, also while a sink blocks. */
    @Override
    public void close() {
        closed = true;
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
        sink.ifPresent(AuditStream::end);
        lock.close();
    }

    private static void end(AuditSink open) {
        try {
            open.close();
        } catch (IOException e) {
            LOG.debug("audit sink not closed", e);
        }
    }
}
