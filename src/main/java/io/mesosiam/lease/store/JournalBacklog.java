package io.mesosiam.lease.store;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.OwnershipEpochs;
import io.mesosiam.postgres.WriteFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The entries that wait to be written, and the waits of the thread that writes them. Thread-safe: any thread adds
 * entries; one thread waits until entries are due, takes them in batches, and reports the result of each.
 *
 * <p>The backlog closes for new leases when too many entries wait, or when the database is unavailable for too long.
 * Beyond a limit it drops entries.
 */
final class JournalBacklog {
    private static final Logger LOG = Logger.getLogger(JournalBacklog.class);
    private static final int HARD_BOUND = 4;
    private static final Duration DRAIN_RETRY = Duration.ofMillis(50);

    private final LeaseConfig config;
    private final InstantSource clock;
    private final OwnershipEpochs epochs;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AtomicLong dropped = new AtomicLong();

    // guarded by lock; not checked, because functions given to locked, change and pause use them
    private final JournalQueue queue;
    private final EarlyEntries early = new EarlyEntries();
    private final JournalOutage outage = new JournalOutage();
    private boolean draining;
    private boolean closed;

    @GuardedBy("lock")
    private boolean closedLogged;

    JournalBacklog(LeaseConfig config, InstantSource clock, OwnershipEpochs epochs) {
        this.config = config;
        this.clock = clock;
        this.epochs = epochs;
        this.queue = new JournalQueue(clock);
    }

    void add(Journal.Entry entry) {
        lock.lock();
        try {
            if (closed) {
                dropped.incrementAndGet();
                if (!closedLogged) {
                    closedLogged = true;
                    LOG.errorf("journal closed, entries are dropped first=%s", entry);
                }
            } else if (queue.size() + early.size() < limit()) {
                QueuedEntry queued = QueuedEntry.of(entry);
                if (!early.isKept(queued)) {
                    queue.add(queued);
                    changed.signalAll();
                }
            } else {
                dropped.incrementAndGet();
                outage.entryLost();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether new leases may be issued: neither too many entries wait, nor would any be dropped if the expected ones came
     * at once.
     */
    boolean isOpen(int expected) {
        return locked(() -> {
            int waiting = queue.size() + early.size();
            return waiting < config.journalCapacity()
                    && waiting + expected < limit()
                    && !isTooLong(outage.since())
                    && !isTooLong(queue.tableHeldSince());
        });
    }

    private boolean isTooLong(Optional<Instant> since) {
        return since.isPresent() && !clock.instant().isBefore(since.get().plus(config.withoutDatabaseLimit()));
    }

    /** Number of entries beyond which further ones are dropped. */
    private int limit() {
        return config.journalCapacity() * HARD_BOUND;
    }

    /** Records that a claim of the host begins. */
    void claimBegins(MesosAgentId host) {
        epochs.claimBegins(host);
    }

    /** Records the answer to a claim; the host's early entries are due. */
    void claimed(MesosAgentId host, long epoch, boolean continued) {
        lock.lock();
        try {
            epochs.claimed(host, epoch, continued);
            queueEarly(host);
        } finally {
            lock.unlock();
        }
    }

    /** Records that a claim of the host ends. After the last one its early entries are due. */
    void claimEnds(MesosAgentId host) {
        lock.lock();
        try {
            if (epochs.claimEnds(host)) {
                queueEarly(host);
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void queueEarly(MesosAgentId host) {
        List<QueuedEntry> due = early.due(host);
        if (!due.isEmpty()) {
            due.forEach(queue::add);
            changed.signalAll();
        }
    }

    /** Number of claims that were answered or have ended. */
    long claims() {
        return locked(early::claims);
    }

    /** Number of entries that wait. */
    int size() {
        return locked(() -> queue.size() + early.size());
    }

    /** How long the oldest entry has waited that is in no separate lane; zero if none waits. */
    Duration age() {
        return locked(() -> Stream.concat(queue.first().stream(), early.oldest().stream())
                .map(entry -> Duration.ofNanos(System.nanoTime() - entry.sinceNanos()))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO));
    }

    /** Number of entries in separate lanes, by the lane's label. */
    Map<String, Long> held() {
        return locked(queue::heldByLabel);
    }

    /** Descriptions of the separate lanes, oldest first. */
    List<String> heldText() {
        return locked(queue::heldText);
    }

    /** Since when the database has been unavailable; empty while it is available. */
    Optional<Instant> awaySince() {
        return locked(outage::since);
    }

    /** Number of entries dropped since the start. */
    long dropped() {
        return dropped.get();
    }

    /** The pause after the next failure. */
    Duration nextPause() {
        return locked(outage::nextPause);
    }

    /** The longest pause among the separate lanes if their next attempt fails. */
    Duration longestPauseOfHeld() {
        return locked(queue::longestPause);
    }

    /**
     * Ends all pauses and blocks until no entry is in the queue.
     *
     * @return false if entries still wait when the limit has elapsed
     */
    boolean drain(Duration limit) {
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

    /** Ends all pauses; later entries are dropped. */
    void close() {
        change(() -> closed = true);
    }

    boolean isClosed() {
        return locked(() -> closed);
    }

    /** Counts the entries that still wait as dropped, because the writing thread has ended. */
    void abandon() {
        int lost = size();
        if (lost > 0) {
            dropped.addAndGet(lost);
            LOG.errorf("journal closed, entries are not written entriesLost=%d", lost);
        }
    }

    /**
     * Waits until an entry is due, then for {@code journalDelay}, so that one transaction takes several entries.
     *
     * @return false once the backlog is closed
     */
    boolean awaitDue() throws InterruptedException {
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
        return !isClosed();
    }

    /** Waits before the next attempt. The start of a drain ends the pause; pauses during a drain are short. */
    void awaitRetry() throws InterruptedException {
        boolean before = locked(() -> draining);
        Duration next = locked(outage::takePause);
        pause(before ? DRAIN_RETRY : next, () -> closed || (draining && !before));
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

    /** The lanes to write now: all of them during a drain and after the close. */
    List<JournalLane> due() {
        return locked(() -> queue.due(closed || draining));
    }

    /** The entries of the lane's next batch. */
    List<QueuedEntry> batch(JournalLane lane) {
        return locked(lane::batch);
    }

    /**
     * Records a transaction that has taken the first entries of the lane.
     *
     * @param claimsBefore the value of {@link #claims} when it began
     */
    void written(JournalLane lane, int count, JournalWriter.Left left, long claimsBefore) {
        change(() -> {
            queue.taken(lane, count, left.locked());
            if (early.claims() == claimsBefore) {
                early.keep(left.early(), lane.entries());
            } else {
                // the answer may be theirs: they are tried again at once
                lane.putBack(left.early());
            }
            outage.ended();
        });
    }

    /** Records that the database is unavailable. */
    void away(RuntimeException e) {
        lock.lock();
        try {
            outage.failed(e, clock.instant());
        } finally {
            lock.unlock();
        }
    }

    /** Limits the lane's next batch to half of {@code size}. */
    void halve(JournalLane lane, int size) {
        change(() -> lane.halve(size));
    }

    /** Moves the entries that the hold covers to a separate lane. */
    void hold(JournalHold hold) {
        change(() -> queue.hold(hold, List.of()));
    }

    /** Postpones a separate lane that can't be written yet. */
    void waitLonger(JournalLane lane, WriteFailure failure) {
        change(() -> queue.waitLonger(lane, failure));
    }

    /** Removes a separate lane if it is empty. */
    void forget(JournalLane lane) {
        change(() -> queue.forget(lane));
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
}
