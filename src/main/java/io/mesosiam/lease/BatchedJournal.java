package io.mesosiam.lease;

import io.mesosiam.backoff.Doubling;
import io.mesosiam.mesos.MesosAgentId;
import io.vertx.mutiny.sqlclient.Pool;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The journal in Postgres. Entries wait in memory and are written in their order, a batch at a time; while the database
 * is away they wait longer. When too many wait, or the database is away too long, the journal closes for new leases; what
 * else happens is still taken, up to a bound at which it is only logged. An entry whose data the database refuses is logged and
 * counted, and costs no other entry its place.
 */
public final class BatchedJournal implements Journal, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(BatchedJournal.class);
    private static final int BATCH = 1000;
    private static final int HARD_BOUND = 4;
    private static final Duration LAST_RETRY = Duration.ofSeconds(5);
    private static final Doubling RETRIES = new Doubling(Duration.ofMillis(100), LAST_RETRY);

    private final JournalWriter writer;
    private final LeaseConfig config;
    private final InstantSource clock;
    private final Tenures tenures = new Tenures();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Entry> waiting = new ArrayDeque<>();
    /** Entries under a claim of ours whose answer has not arrived; each waits for it. */
    private final List<Entry> early = new ArrayList<>();

    private long claims;
    private volatile BiConsumer<MesosAgentId, Long> outdated = (_, _) -> {};
    private Optional<Instant> awaySince = Optional.empty();
    private Duration retry = RETRIES.first();
    private long lost;
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong refusedRows = new AtomicLong();
    private final AtomicLong refusedEvents = new AtomicLong();
    private boolean draining;
    private boolean closed;
    private @Nullable Thread thread;

    /** @param controllerId who writes, by the name that audit events bear */
    public BatchedJournal(Pool pool, LeaseConfig config, InstantSource clock, String controllerId) {
        this.writer = new JournalWriter(pool, controllerId, tenures);
        this.config = config;
        this.clock = clock;
    }

    /** Begins to write. */
    public void start() {
        thread = Thread.ofVirtual().name("journal").start(this::loop);
    }

    /**
     * Writes all entries that wait, without collecting more first, and waits for it. A controller that stops calls it
     * before its agents connect to another one: that controller's claims make void what is not written by then.
     *
     * @return false if entries still wait when the limit has elapsed
     */
    public boolean drain(Duration limit) {
        lock.lock();
        try {
            draining = true;
            changed.signalAll();
            long left = limit.toNanos();
            while (!waiting.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return waiting.isEmpty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            draining = false;
            lock.unlock();
        }
    }

    /** Writes what waits, if the database is there, and stops. */
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
                running.join(LAST_RETRY.multipliedBy(2));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void write(Entry entry) {
        lock.lock();
        try {
            if (waiting.size() + early.size() < config.journalCapacity() * HARD_BOUND) {
                waiting.addLast(entry);
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
            boolean awayTooLong = awaySince
                    .map(since -> !clock.instant().isBefore(since.plus(config.withoutDatabaseLimit())))
                    .orElse(false);
            return waiting.size() + early.size() < config.journalCapacity() && !awayTooLong;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void claimed(MesosAgentId host, long epoch, boolean continued) {
        lock.lock();
        try {
            tenures.claimed(host, epoch, continued);
            claims++;
            List<Entry> due = early.stream()
                    .filter(entry -> JournalWriter.host(entry).equals(Optional.of(host)))
                    .toList();
            if (!due.isEmpty()) {
                early.removeAll(due);
                waiting.addAll(due);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onOutdated(BiConsumer<MesosAgentId, Long> listener) {
        outdated = listener;
    }

    /** How many entries wait to be written. */
    public int backlog() {
        lock.lock();
        try {
            return waiting.size() + early.size();
        } finally {
            lock.unlock();
        }
    }

    /** How many entries were dropped because too many waited, since the start. */
    public long dropped() {
        return dropped.get();
    }

    /** How many rows of leases and withdrawals the database refused, since the start. */
    public long refusedRows() {
        return refusedRows.get();
    }

    /** How many audit events the database refused, since the start. */
    public long refusedEvents() {
        return refusedEvents.get();
    }

    /** Since when the database has been away; empty while it isn't. */
    public Optional<Instant> awaySince() {
        lock.lock();
        try {
            return awaySince;
        } finally {
            lock.unlock();
        }
    }

    private void loop() {
        try {
            while (collect()) {
                if (!flush()) {
                    pause(nextRetry(), () -> closed);
                }
            }
            boolean _ = flush();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until there is something to write and a little longer, for company; false if there will be no more. */
    private boolean collect() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.await();
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

    /** @param cutShort asked with the lock held */
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

    /** Writes what waits. Returns false if the database is away; then all that wasn't written waits on, in order. */
    boolean flush() {
        for (List<Entry> batch = first(); !batch.isEmpty(); batch = first()) {
            try {
                writeBatch(batch);
            } catch (RuntimeException e) {
                away(e);
                return false;
            }
        }
        return true;
    }

    private List<Entry> first() {
        lock.lock();
        try {
            return waiting.stream().limit(BATCH).toList();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Writes the first entries. Where Postgres refuses the data of one, the batch is halved until that entry stands alone; what
     * is written is not written again.
     */
    private void writeBatch(List<Entry> batch) {
        long before = claims();
        JournalWriter.Left left;
        try {
            left = writer.write(batch);
        } catch (RuntimeException e) {
            if (WriteFailure.of(e) != WriteFailure.DATA) {
                throw e;
            }
            if (batch.size() > 1) {
                int half = batch.size() / 2;
                writeBatch(batch.subList(0, half));
                writeBatch(batch.subList(half, batch.size()));
                return;
            }
            left = writeParts(batch);
        }
        await(left.early(), before);
        left.outdated().stream().distinct().forEach(it -> outdated.accept(it.host(), it.epoch()));
        written(batch.size());
    }

    /** The row of an entry is not lost because its event is refused, nor the event because the row is. */
    private JournalWriter.Left writeParts(List<Entry> entry) {
        Optional<JournalWriter.Left> row = writePart(entry, JournalWriter.Part.ROW, refusedRows);
        Optional<JournalWriter.Left> event = writePart(entry, JournalWriter.Part.EVENT, refusedEvents);
        return row.or(() -> event).orElse(JournalWriter.Left.NOTHING);
    }

    private Optional<JournalWriter.Left> writePart(List<Entry> entry, JournalWriter.Part part, AtomicLong refused) {
        try {
            return Optional.of(writer.write(entry, part));
        } catch (RuntimeException e) {
            if (WriteFailure.of(e) != WriteFailure.DATA) {
                throw e;
            }
            refused.incrementAndGet();
            LOG.errorf(
                    "journal entry refused by the database part=%s reason=\"%s\" entry=%s",
                    part.word(), e.getMessage(), entry.getFirst());
            return Optional.empty();
        }
    }

    private long claims() {
        lock.lock();
        try {
            return claims;
        } finally {
            lock.unlock();
        }
    }

    /** Keeps early entries until their host's claim is answered; where one was answered since, they are looked at again. */
    private void await(List<Entry> entries, long claimsBefore) {
        lock.lock();
        try {
            (claims == claimsBefore ? early : waiting).addAll(entries);
        } finally {
            lock.unlock();
        }
    }

    private void written(int count) {
        lock.lock();
        try {
            for (int i = 0; i < count; i++) {
                waiting.removeFirst();
            }
            if (awaySince.isPresent()) {
                LOG.infof("the journal is written again entriesLost=%d", lost);
            }
            awaySince = Optional.empty();
            retry = RETRIES.first();
            lost = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void away(RuntimeException e) {
        lock.lock();
        try {
            if (awaySince.isEmpty()) {
                awaySince = Optional.of(clock.instant());
                LOG.warnf(
                        "the journal can't be written, entries wait failure=\"%s\" reason=\"%s\"",
                        WriteFailure.of(e).words(), e.getMessage());
                LOG.debug("the journal can't be written", e);
            }
        } finally {
            lock.unlock();
        }
    }

    private Duration nextRetry() {
        Duration now = retry;
        retry = RETRIES.next(retry);
        return now;
    }
}
