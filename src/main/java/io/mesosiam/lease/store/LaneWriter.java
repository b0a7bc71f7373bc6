package io.mesosiam.lease.store;

import io.mesosiam.lease.LeaseSteps;
import io.mesosiam.postgres.PlainReason;
import io.mesosiam.postgres.WriteFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Writes the entries of a lane, batch by batch. After a failure:
 *
 * <ul>
 *   <li>If the database is unavailable, or did not finish in time, the failure is thrown. The entries keep their order.
 *   <li>A separate lane that still can't be written waits longer.
 *   <li>A batch of several entries is halved until the entry that caused the failure is alone.
 *   <li>If a single entry can't be written now, its host or table gets a separate lane.
 *   <li>If the database refuses the data of a single entry, its row and its event are written separately; the refused
 *       part is logged, counted and dropped.
 * </ul>
 */
final class LaneWriter {
    private static final Logger LOG = Logger.getLogger(LaneWriter.class);

    private final BatchWriter writer;
    private final JournalBacklog backlog;
    private final JournalNotices notices;
    private final LeaseSteps steps;
    private final AtomicLong refusedRows = new AtomicLong();
    private final AtomicLong refusedEvents = new AtomicLong();

    /** Writes that part of all valid entries of a batch, or nothing; returns the entries that were left out. */
    @FunctionalInterface
    interface BatchWriter {
        JournalWriter.Left write(List<QueuedEntry> entries, JournalWriter.Part part);
    }

    LaneWriter(BatchWriter writer, JournalBacklog backlog, JournalNotices notices, LeaseSteps steps) {
        this.writer = writer;
        this.backlog = backlog;
        this.notices = notices;
        this.steps = steps;
    }

    /** Number of rows of leases and withdrawals that the database has refused since the start. */
    long refusedRows() {
        return refusedRows.get();
    }

    /** Number of audit events that the database has refused since the start. */
    long refusedEvents() {
        return refusedEvents.get();
    }

    /**
     * Writes the lane's entries until the lane is empty or has to wait.
     *
     * @throws RuntimeException if the database is unavailable
     */
    void write(JournalLane lane) {
        int locks = 0;
        for (List<QueuedEntry> batch = backlog.batch(lane); !batch.isEmpty(); batch = backlog.batch(lane)) {
            long claimsBefore = backlog.claims();
            JournalWriter.Left left;
            try {
                left = writer.write(batch, JournalWriter.Part.BOTH);
            } catch (RuntimeException e) {
                WriteFailure failure = WriteFailure.of(e);
                if (e instanceof JournalLate) {
                    backlog.halve(lane, batch.size());
                    throw e;
                }
                if (failure == WriteFailure.AWAY
                        || failure == WriteFailure.SCHEMA
                        || (failure == WriteFailure.FORBIDDEN && !WriteFailure.lacksRight(e))) {
                    throw e;
                }
                if (lane.hold().isPresent() && failure != WriteFailure.DATA) {
                    backlog.waitLonger(lane, failure);
                    return;
                }
                if (batch.size() > 1) {
                    backlog.halve(lane, batch.size());
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
            backlog.written(lane, batch.size(), left, claimsBefore);
            written(batch, left);
            notices.send(left);
            if (!left.locked().isEmpty() && lane.hold().isPresent()) {
                return;
            }
        }
        backlog.forget(lane);
    }

    private void written(List<QueuedEntry> batch, JournalWriter.Left left) {
        if (steps != LeaseSteps.NONE) {
            Set<UUID> waiting = Stream.concat(left.locked().stream(), left.early().stream())
                    .map(QueuedEntry::id)
                    .collect(Collectors.toSet());
            long now = System.nanoTime();
            batch.stream().filter(entry -> !waiting.contains(entry.id())).forEach(entry -> entry.lease()
                    .ifPresent(lease -> steps.written(lease, Duration.ofNanos(now - entry.sinceNanos()))));
        }
    }

    private void hold(QueuedEntry entry, WriteFailure failure, RuntimeException e) {
        JournalHold hold = failure == WriteFailure.LOCKED ? new JournalHold.Host(entry.host()) : entry.table();
        LOG.warnf(
                "journal entries wait held=\"%s\" failure=\"%s\" reason=\"%s\"",
                hold.text(), failure.text(), PlainReason.of(e));
        backlog.hold(hold);
    }

    /**
     * Writes the row and the event of one entry separately, so that one is still written if the database refuses the
     * other. The row of a lease ends the live rows that have its place.
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
}
