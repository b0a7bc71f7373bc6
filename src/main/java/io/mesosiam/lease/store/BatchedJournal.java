package io.mesosiam.lease.store;

import io.mesosiam.backoff.Doubling;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.loop.Loop;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.OwnershipEpochs;
import io.mesosiam.postgres.PlainReason;
import io.mesosiam.postgres.WriteFailure;
import io.vertx.mutiny.sqlclient.Pool;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The journal in PostgreSQL. Entries wait in memory and are written in order, in batches; they wait longer while the
 * database is unavailable. When too many entries wait, or the database is unavailable for too long, the journal closes
 * for new leases. It accepts other entries up to a limit, beyond which they are only logged.
 *
 * <p>An entry whose data the database refuses is logged and counted; other entries are still written. Entries of a host
 * whose rows are locked, or of a table that can't be written, wait in a separate lane. Each audit event is written
 * once, even if the answer of the database is late or lost.
 */
public final class BatchedJournal implements Journal, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(BatchedJournal.class);
    private static final int HARD_BOUND = 4;
    private static final Duration TRANSACTION_LIMIT = Duration.ofSeconds(10);
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);
    private static final Duration DRAIN_RETRY = Duration.ofMillis(50);
    private static final Doubling RETRIES = new Doubling(Duration.ofMillis(100), LAST_RETRY);

    private final Loop loop = new Loop("journal");
    private final JournalWriter writer;
    private final LeaseConfig config;
    private final InstantSource clock;
    private final OwnershipEpochs epochs = new OwnershipEpochs();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final JournalQueue queue;
    /** Entries under a claim of this controller whose answer has not arrived. Each entry waits for that answer. */
    private final List<QueuedEntry> early = new ArrayList<>();

    private long claims;
    private volatile BiConsumer<MesosAgentId, Long> fencedListener = (_, _) -> {};
    private Optional<Instant> awaySince = Optional.empty();
    private Duration retry = RETRIES.first();
    private long lost;
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong listenerFailures = new AtomicLong();
    private final AtomicLong refusedRows = new AtomicLong();
    private final AtomicLong refusedEvents = new AtomicLong();
    private boolean draining;
    private boolean closed;
    private boolean closedLogged;
    private volatile @Nullable Thread thread;

    /** @param controllerId this controller's name in audit events */
    public BatchedJournal(Pool pool, LeaseConfig config, InstantSource clock, String controllerId) {
        this(pool, config, clock, controllerId, TRANSACTION_LIMIT);
    }

    /** @param limit the longest duration of one transaction */
    BatchedJournal(Pool pool, LeaseConfig config, InstantSource clock, String controllerId, Duration limit) {
        this.writer = new JournalWriter(pool, controllerId, epochs, limit);
        this.config = config;
        this.clock = clock;
        this.queue = new JournalQueue(clock);
    }

    /** Starts the loop that writes. */
    public void start() {
        thread = Thread.ofVirtual().name("journal").start(this::run);
    }

    /**
     * Writes all waiting entries without further delay, and blocks until they are written. A stopping controller calls
     * this before its agents connect to another one, because the other controller's claims fence all entries that are
     * still unwritten.
     *
     * @return false if entries still wait when the limit has elapsed
     */
    public boolean drain(Duration limit) {
        lock.lock();
        try {
            draining = true;
            changed.signalAll();
            long left = limit.toNanos();
            while (queue.size() > 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
            return queue.size() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            draining = false;
            lock.unlock();
        }
    }

    /** Writes the waiting entries if the database is available, and stops. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        Thread running = thread;
        if (running != null) {
            try {
                var _ = running.join(LAST_RETRY.multipliedBy(2));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        int lost = backlog();
        if (lost > 0) {
            dropped.addAndGet(lost);
            LOG.errorf("journal closed, entries are not written entriesLost=%d", lost);
        }
    }

    @Override
    public void write(Entry entry) {
        lock.lock();
        try {
            if (closed) {
                dropped.incrementAndGet();
                if (!closedLogged) {
                    closedLogged = true;
                    LOG.errorf("journal closed, entries are dropped first=%s", entry);
                }
            } else if (queue.size() + early.size() < config.journalCapacity() * HARD_BOUND) {
                queue.add(QueuedEntry.of(entry));
                changed.signalAll();
            } else {
                dropped.incrementAndGet();
                if (lost++ == 0) {
                    LOG.error("journal full, events are only logged until the database is back");
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isOpen() {
        lock.lock();
        try {
            boolean awayTooLong = Stream.concat(awaySince.stream(), queue.tableHeldSince().stream())
                    .min(Instant::compareTo)
                    .map(since -> !clock.instant().isBefore(since.plus(config.withoutDatabaseLimit())))
                    .orElse(false);
            return queue.size() + early.size() < config.journalCapacity() && !awayTooLong;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void claimed(MesosAgentId host, long epoch, boolean continued) {
        lock.lock();
        try {
            epochs.claimed(host, epoch, continued);
            claims++;
            List<QueuedEntry> due =
                    early.stream().filter(entry -> entry.host().equals(host)).toList();
            if (!due.isEmpty()) {
                early.removeIf(entry -> entry.host().equals(host));
                due.forEach(queue::add);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onFenced(BiConsumer<MesosAgentId, Long> listener) {
        fencedListener = listener;
    }

    /** Number of entries that wait to be written. */
    public int backlog() {
        lock.lock();
        try {
            return queue.size() + early.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Number of entries in separate lanes, by the lane's label: {@code host} for locked rows, otherwise the table that
     * can't be written.
     */
    public Map<String, Long> held() {
        lock.lock();
        try {
            return queue.heldByLabel();
        } finally {
            lock.unlock();
        }
    }

    /** The locked hosts and unwritable tables, each with the number of its entries; for readiness. */
    public List<String> heldUp() {
        lock.lock();
        try {
            return queue.heldText();
        } finally {
            lock.unlock();
        }
    }

    /** Number of entries dropped since the start, because too many waited or the journal was closed. */
    public long dropped() {
        return dropped.get();
    }

    /** Number of rows of leases and withdrawals that the database has refused since the start. */
    public long refusedRows() {
        return refusedRows.get();
    }

    /** Number of audit events that the database has refused since the start. */
    public long refusedEvents() {
        return refusedEvents.get();
    }

    /** Number of failures of the fenced listener since the start. */
    long listenerFailures() {
        return listenerFailures.get();
    }

    /** Since when the database has been unavailable; empty while it is available. */
    public Optional<Instant> awaySince() {
        lock.lock();
        try {
            return awaySince;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        loop.run(() -> !locked(() -> closed), () -> {
            if (collect() && !flush()) {
                retryPause();
            }
        });
        boolean _ = flush();
    }

    /** The loop that writes, for metrics and readiness. */
    public Loop loop() {
        return loop;
    }

    /**
     * Waits until an entry is due, then for {@code journalDelay}, so that one transaction takes several entries.
     *
     * @return false once the journal is closed
     */
    private boolean collect() throws InterruptedException {
        lock.lock();
        try {
            long left = queue.nanosUntilDue();
            while (left > 0 && !closed) {
                boolean hurried = draining && queue.size() > 0;
                long _ = changed.awaitNanos(hurried ? Math.min(left, DRAIN_RETRY.toNanos()) : left);
                left = hurried ? 0 : queue.nanosUntilDue();
            }
        } finally {
            lock.unlock();
        }
        pause(config.journalDelay(), () -> closed || draining);
        lock.lock();
        try {
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Waits before the next attempt. The start of a drain ends the pause; pauses during a drain are short. */
    private void retryPause() throws InterruptedException {
        boolean before = locked(() -> draining);
        Duration next = nextRetry();
        pause(before ? DRAIN_RETRY : next, () -> closed || (draining && !before));
    }

    /** The pause after the next failure. */
    Duration pauseAfterFailure() {
        return locked(() -> retry);
    }

    /** The longest pause among the separate lanes if their next attempt fails. */
    Duration pauseOfHeld() {
        return locked(queue::longestPause);
    }

    /** @param cutShort ends the pause; evaluated under the lock */
    private void pause(Duration time, BooleanSupplier cutShort) throws InterruptedException {
        lock.lock();
        try {
            long left = time.toNanos();
            while (left > 0 && !cutShort.getAsBoolean()) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Writes the due entries.
     *
     * @return false if the database is unavailable; unwritten entries then keep their order
     */
    public boolean flush() {
        try {
            for (JournalLane lane : due()) {
                write(lane);
            }
            return true;
        } catch (RuntimeException e) {
            away(e);
            return false;
        }
    }

    private List<JournalLane> due() {
        return locked(() -> queue.due(closed || draining));
    }

    /** Writes a lane's entries until the lane is empty or has to wait. */
    private void write(JournalLane lane) {
        int locks = 0;
        for (List<QueuedEntry> batch = batch(lane); !batch.isEmpty(); batch = batch(lane)) {
            long before = claims();
            JournalWriter.Left left;
            try {
                left = writer.write(batch);
            } catch (RuntimeException e) {
                WriteFailure failure = WriteFailure.of(e);
                boolean held = lane.hold().isPresent();
                if (e instanceof JournalLate) {
                    int size = batch.size();
                    change(() -> lane.halve(size));
                    throw e;
                }
                if (failure == WriteFailure.AWAY
                        || (failure == WriteFailure.FORBIDDEN && !WriteFailure.lacksRight(e))) {
                    throw e;
                }
                if (held && failure != WriteFailure.DATA) {
                    change(() -> queue.waitLonger(lane, failure));
                    return;
                }
                if (batch.size() > 1) {
                    int size = batch.size();
                    change(() -> lane.halve(size));
                    continue;
                }
                if (failure != WriteFailure.DATA) {
                    // This is the second locked host in succession. It is treated as a lock on the whole table, which
                    // stops every lane.
                    if (failure == WriteFailure.LOCKED && ++locks > 1) {
                        throw e;
                    }
                    hold(batch.getFirst(), failure, e);
                    continue;
                }
                left = writeParts(batch);
            }
            locks = 0;
            written(lane, batch, left, before);
            if (!left.locked().isEmpty() && lane.hold().isPresent()) {
                return;
            }
        }
        change(() -> queue.forget(lane));
    }

    private List<QueuedEntry> batch(JournalLane lane) {
        return locked(lane::batch);
    }

    private void hold(QueuedEntry entry, WriteFailure failure, RuntimeException e) {
        JournalHold hold = failure == WriteFailure.LOCKED ? new JournalHold.Host(entry.host()) : entry.table();
        LOG.warnf(
                "journal entries wait held=\"%s\" failure=\"%s\" reason=\"%s\"",
                hold.text(), failure.text(), PlainReason.of(e));
        change(() -> queue.hold(hold, List.of()));
    }

    /**
     * Writes the row and the event of one entry separately, so that one is still written if the database refuses the
     * other.
     */
    private JournalWriter.Left writeParts(List<QueuedEntry> entry) {
        Optional<JournalWriter.Left> row = writePart(entry, JournalWriter.Part.ROW, refusedRows);
        Optional<JournalWriter.Left> event = writePart(entry, JournalWriter.Part.EVENT, refusedEvents);
        return row.or(() -> event).orElse(JournalWriter.Left.NOTHING);
    }

    private Optional<JournalWriter.Left> writePart(
            List<QueuedEntry> entry, JournalWriter.Part part, AtomicLong refused) {
        try {
            return Optional.of(writer.write(entry, part));
        } catch (RuntimeException e) {
            if (WriteFailure.of(e) != WriteFailure.DATA) {
                throw e;
            }
            refused.incrementAndGet();
            LOG.errorf(
                    "journal entry refused by the database part=%s reason=\"%s\" entry=%s",
                    part.text(), PlainReason.of(e), entry.getFirst().entry());
            return Optional.empty();
        }
    }

    private long claims() {
        return locked(() -> claims);
    }

    private <T> T locked(Supplier<T> read) {
        lock.lock();
        try {
            return read.get();
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void written(JournalLane lane, List<QueuedEntry> batch, JournalWriter.Left left, long claimsBefore) {
        change(() -> {
            queue.taken(lane, batch.size(), left.locked());
            // Early entries wait for the answer to their host's claim. If a claim was answered during the transaction,
            // they are tried again.
            if (claims == claimsBefore) {
                early.addAll(left.early());
            } else {
                left.early().forEach(queue::add);
            }
            if (awaySince.isPresent()) {
                LOG.infof("journal writable again entriesLost=%d", lost);
            }
            awaySince = Optional.empty();
            retry = RETRIES.first();
            lost = 0;
        });
        left.fenced().stream().distinct().forEach(this::notifyFenced);
    }

    /**
     * Notifies the listener. Its exceptions are not treated as failures of the database, because the entries have been
     * written.
     */
    private void notifyFenced(JournalWriter.Fenced it) {
        try {
            fencedListener.accept(it.host(), it.epoch());
        } catch (RuntimeException | Error e) {
            listenerFailures.incrementAndGet();
            LOG.errorf(
                    "fenced listener failed mesosAgentId=%s failure=%s",
                    it.host(), e.getClass().getName());
            LOG.debug("fenced listener failed", e);
        }
    }

    private void away(RuntimeException e) {
        lock.lock();
        try {
            if (awaySince.isEmpty()) {
                awaySince = Optional.of(clock.instant());
                LOG.warnf(
                        "journal not writable, entries wait failure=\"%s\" reason=\"%s\"",
                        WriteFailure.of(e).text(), PlainReason.of(e));
                LOG.debug("journal not writable", e);
            }
        } finally {
            lock.unlock();
        }
    }

    private Duration nextRetry() {
        return locked(() -> {
            Duration now = retry;
            retry = RETRIES.next(retry);
            return now;
        });
    }
}
