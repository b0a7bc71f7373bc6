package io.mesosiam.lease.store;

import io.mesosiam.lease.Journal;
import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseSteps;
import io.mesosiam.loop.Loop;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.OwnershipEpochs;
import io.vertx.mutiny.sqlclient.Pool;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
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
    private static final Duration TRANSACTION_LIMIT = Duration.ofSeconds(10);
    private static final Duration CLOSE_LIMIT = JournalOutage.LONGEST_PAUSE.multipliedBy(2);

    private final Loop loop = new Loop("journal");
    private final JournalNotices notices = new JournalNotices();
    private final JournalBacklog backlog;
    private final LaneWriter lanes;
    private volatile @Nullable Thread thread;

    /**
     * @param controllerId this controller's name in audit events
     * @param steps receives what is written, for traces
     */
    public BatchedJournal(Pool pool, LeaseConfig config, InstantSource clock, String controllerId, LeaseSteps steps) {
        this(pool, config, clock, controllerId, TRANSACTION_LIMIT, steps);
    }

    /** @param limit the longest duration of one transaction */
    BatchedJournal(
            Pool pool, LeaseConfig config, InstantSource clock, String controllerId, Duration limit, LeaseSteps steps) {
        this(
                config,
                clock,
                steps,
                epochs -> new JournalWriter(pool, controllerId, new EntryStanding(epochs, controllerId), limit)::write);
    }

    /** @param writer makes what writes each batch, with the epochs under which this controller owns its hosts */
    BatchedJournal(
            LeaseConfig config,
            InstantSource clock,
            LeaseSteps steps,
            Function<OwnershipEpochs, LaneWriter.BatchWriter> writer) {
        OwnershipEpochs epochs = new OwnershipEpochs();
        this.backlog = new JournalBacklog(config, clock, epochs);
        this.lanes = new LaneWriter(writer.apply(epochs), backlog, notices, steps);
    }

    /** Starts the loop that writes. */
    public void start() {
        thread = Thread.ofVirtual().name("journal").start(this::run);
    }

    private void run() {
        loop.run(() -> !backlog.isClosed(), () -> {
            if (backlog.awaitDue() && !flush()) {
                backlog.awaitRetry();
            }
        });
        boolean _ = flush();
    }

    /**
     * Writes the due entries.
     *
     * @return false if the database is unavailable; unwritten entries then keep their order
     */
    public boolean flush() {
        try {
            backlog.due().forEach(lanes::write);
            return true;
        } catch (RuntimeException e) {
            backlog.away(e);
            return false;
        }
    }

    /**
     * Writes all waiting entries without further delay, and blocks until they are written. A stopping controller calls
     * this before its agents connect to another one, because the other controller's claims fence all entries that are
     * still unwritten.
     *
     * @return false if entries still wait when the limit has elapsed
     */
    public boolean drain(Duration limit) {
        return backlog.drain(limit);
    }

    /** Writes the waiting entries if the database is available, and stops. */
    @Override
    public void close() {
        backlog.close();
        Thread running = thread;
        if (running != null) {
            try {
                var _ = running.join(CLOSE_LIMIT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        backlog.abandon();
    }

    @Override
    public void write(Entry entry) {
        backlog.add(entry);
    }

    @Override
    public boolean isOpen(int expected) {
        return backlog.isOpen(expected);
    }

    @Override
    public void claimBegins(MesosAgentId host) {
        backlog.claimBegins(host);
    }

    @Override
    public void claimed(MesosAgentId host, long epoch, boolean continued) {
        backlog.claimed(host, epoch, continued);
    }

    @Override
    public void claimEnds(MesosAgentId host) {
        backlog.claimEnds(host);
    }

    @Override
    public void onFenced(BiConsumer<MesosAgentId, Long> listener) {
        notices.onFenced(listener);
    }

    @Override
    public void onEnded(Consumer<LeaseId> listener) {
        notices.onEnded(listener);
    }

    /** The loop that writes, for metrics and readiness. */
    public Loop loop() {
        return loop;
    }

    /** Number of entries that wait to be written. */
    public int backlog() {
        return backlog.size();
    }

    /** How long the oldest entry has waited, apart from those in separate lanes; zero if none waits. */
    public Duration age() {
        return backlog.age();
    }

    /**
     * Number of entries in separate lanes, by the lane's label: {@code host} for locked rows, otherwise the table that
     * can't be written.
     */
    public Map<String, Long> held() {
        return backlog.held();
    }

    /** The locked hosts and unwritable tables, each with the number of its entries; for readiness. */
    public List<String> heldUp() {
        return backlog.heldText();
    }

    /** Number of entries dropped since the start, because too many waited or the journal was closed. */
    public long dropped() {
        return backlog.dropped();
    }

    /** Number of rows of leases and withdrawals that the database has refused since the start. */
    public long refusedRows() {
        return lanes.refusedRows();
    }

    /** Number of audit events that the database has refused since the start. */
    public long refusedEvents() {
        return lanes.refusedEvents();
    }

    /** Number of failures of the listeners since the start. */
    long listenerFailures() {
        return notices.failures();
    }

    /** Since when the database has been unavailable; empty while it is available. */
    public Optional<Instant> awaySince() {
        return backlog.awaySince();
    }

    /** The pause after the next failure. */
    Duration pauseAfterFailure() {
        return backlog.nextPause();
    }

    /** The longest pause among the separate lanes if their next attempt fails. */
    Duration pauseOfHeld() {
        return backlog.longestPauseOfHeld();
    }
}
