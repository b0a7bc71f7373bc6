package io.mesosiam.lease.grant;

import io.mesosiam.lease.GrantRows;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.Grants;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.policy.grant.GrantedTasks;
import io.mesosiam.policy.grant.LaunchGrant;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.PlainReason;
import io.mesosiam.postgres.TableFollower;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The launch grants in PostgreSQL, followed as they change. A notification makes it read the rows that have changed, the poll
 * all that have not ended. While the database is unavailable, what was read last stays in force, and writes wait.
 */
public final class GrantTable implements GrantRows, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(GrantTable.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofSeconds(10);

    /** How long a grant that has ended is known, so that decisions state its end. */
    private static final Duration ENDED_KNOWN = Duration.ofHours(1);

    private static final int MOST_ENDED = 10_000;

    /** At least one row: the oldest transaction that was open has to be known for the next read. */
    private static final String READ = "select pg_snapshot_xmin(pg_current_snapshot())::text as oldest, "
            + GrantRow.COLUMNS + " from (values (1)) as always left join launch_grant on ";

    private static final String CHANGED = READ + "changed_in >= $1::text::xid8";
    private static final String ALL = CHANGED + " or ended_at is null";

    /** No transaction has it: before the first read, no change counts. */
    private static final String NO_TRANSACTION = "18446744073709551615";

    private static final String ROW = "select " + GrantRow.COLUMNS
            + " from json_populate_record(null::launch_grant, $1::text::json) as launch_grant";

    /** Any controller ends what has expired; the lease has ended at that moment without the row. */
    private static final String EXPIRE = "update launch_grant set ended_at = now(), end_reason = 'expired'"
            + " from (select set_config('mesos_iam.caller', $1, true)) as stated where ended_at is null and expires_at <= now()";

    private final Pool pool;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final Duration poll;
    private final String controllerId;
    private final GrantWrites writes;
    private final Map<UUID, Instant> ended = new LinkedHashMap<>();
    /** Grants whose launch has ended, until the row that states it has been read. */
    private final Set<UUID> ending = ConcurrentHashMap.newKeySet();

    private volatile GrantSet current = GrantSet.EMPTY;
    /** The last grants that the listener accepted. */
    private GrantSet handedOn = GrantSet.EMPTY;
    /** Whether the listener has failed to accept the current grants. */
    private boolean behind;

    private String oldest = NO_TRANSACTION;
    private Instant readAll = Instant.MIN;
    private volatile @Nullable TableFollower follower;

    /** @param controllerId this controller's name in audit events */
    public GrantTable(Pool pool, String controllerId, RandomGenerator random, InstantSource clock) {
        this(pool, controllerId, random, clock, POLL);
    }

    GrantTable(Pool pool, String controllerId, RandomGenerator random, InstantSource clock, Duration poll) {
        this.pool = pool;
        this.poll = poll;
        this.random = random;
        this.clock = clock;
        this.controllerId = controllerId;
        this.writes = new GrantWrites(pool, controllerId, random);
    }

    /** What a reader of the table gets at each change. */
    public interface Listener {
        /**
         * Receives the grants.
         *
         * @param concerned the tasks that grants are for which differ from those before
         */
        void changed(GrantSet grants, GrantedTasks concerned);
    }

    /**
     * Reads the grants, blocks until they are read, and then follows changes.
     *
     * @param listener receives the first grants before this method returns, and later ones on a virtual thread
     * @throws RuntimeException if the database can't be read
     */
    public void start(Listener listener) {
        refresh(listener);
        TableFollower starting = new TableFollower(
                pool,
                new TableFollower.Settings("launch_grant", "launch_grant", poll, TIMEOUT),
                random,
                () -> refresh(listener));
        follower = starting;
        starting.start();
        writes.start();
    }

    /** The newest grants. */
    public GrantSet current() {
        return current;
    }

    /**
     * A grant that is not in the table, as decisions would have it.
     *
     * @param row a JSON object of columns
     */
    public Uni<LaunchGrant> read(String row) {
        return OneStatement.run(pool, ROW, Tuple.of(row))
                .map(rows -> GrantRow.read(rows.iterator().next()));
    }

    /** A message for operators if the grants may be out of date or can't be written; otherwise empty. */
    public Optional<String> trouble() {
        return Optional.ofNullable(follower)
                .flatMap(TableFollower::trouble)
                .map(why -> "the table of launch grants can't be followed (" + why + "); what was read last is in use")
                .or(() -> writes.trouble()
                        .map(why -> "launch grants can't be bound (" + why + "): launches that they fit wait"));
    }

    @Override
    public void bind(PolicyId grant, TaskContainer launch) {
        writes.bind(grant.value(), launch);
    }

    @Override
    public void suspend(PolicyId grant, TaskContainer second, Predicate<TaskContainer> hasEnded) {
        current.find(grant.value()).flatMap(found -> found.state().holder()).ifPresent(first -> {
            if (hasEnded.test(first)) {
                writes.end(grant.value());
            } else {
                String reason = first + " has it, and " + second + " claims it too";
                writes.suspend(grant.value(), reason.length() > 1024 ? "two launches claim it" : reason);
            }
        });
    }

    @Override
    public void ended(TaskContainer launch) {
        current.boundTo(launch).stream().map(LaunchGrant::id).forEach(grant -> {
            ending.add(grant);
            writes.end(grant);
        });
    }

    private static boolean isOpen(LaunchGrant grant) {
        return !(grant.state() instanceof LaunchGrant.State.Ended);
    }

    /** What these grants give now: nothing once the launch has ended or the grant has expired, also before its row says so. */
    public Grants inForce(GrantSet grants) {
        return new GrantsInForce(grants, ending, clock);
    }

    private void refresh(Listener listener) {
        Instant now = clock.instant();
        if (!now.isBefore(readAll.plus(poll.dividedBy(2))) || now.isBefore(readAll)) {
            refreshAll(now, listener);
        } else {
            refreshChanged(now, listener);
        }
    }

    private void refreshAll(Instant now, Listener listener) {
        // first, so that their ends are read
        OneStatement.run(pool, EXPIRE, Tuple.of(controllerId)).await().atMost(TIMEOUT);
        GrantSet read = GrantSet.of(rows(ALL));
        noteEnds(read.all(), now);
        GrantSet next = read.with(stillKnown(read, now));
        ending.removeIf(grant -> next.find(grant).filter(GrantTable::isOpen).isEmpty());
        readAll = now;
        take(next, next.difference(current), listener);
    }

    private void refreshChanged(Instant now, Listener listener) {
        GrantSet before = current;
        List<LaunchGrant> differing = rows(CHANGED).stream()
                .filter(grant -> !Optional.of(grant).equals(before.find(grant.id())))
                .toList();
        noteEnds(differing, now);
        ending.removeAll(ended.keySet());
        GrantedTasks concerned = GrantedTasks.of(differing.stream()
                .flatMap(grant -> Stream.concat(Stream.of(grant), before.find(grant.id()).stream()))
                .toList());
        take(before.with(differing), concerned, listener);
    }

    private List<LaunchGrant> rows(String sql) {
        List<LaunchGrant> grants = new ArrayList<>();
        String next = oldest;
        for (Row row : OneStatement.run(pool, sql, Tuple.of(oldest)).await().atMost(TIMEOUT)) {
            next = row.getString("oldest");
            if (row.getUUID("id") != null) {
                read(row).ifPresent(grants::add);
            }
        }
        oldest = next;
        return grants;
    }

    private void noteEnds(Collection<LaunchGrant> grants, Instant now) {
        grants.stream().filter(grant -> !isOpen(grant)).forEach(grant -> ended.putIfAbsent(grant.id(), now));
    }

    /** Those that have ended in the last hour. */
    private List<LaunchGrant> stillKnown(GrantSet read, Instant now) {
        ended.values().removeIf(since -> since.plus(ENDED_KNOWN).isBefore(now));
        if (ended.size() > MOST_ENDED) {
            ended.clear();
        }
        return current.all().stream()
                .filter(grant -> ended.containsKey(grant.id()))
                .filter(grant -> read.find(grant.id()).isEmpty())
                .toList();
    }

    /** @param concerned the tasks of the grants that differ from the current ones */
    private void take(GrantSet next, GrantedTasks concerned, Listener listener) {
        GrantedTasks unheard = behind ? next.difference(handedOn) : concerned;
        current = next; // first, because the listener reads it
        behind = true;
        if (!unheard.names().isEmpty()) {
            listener.changed(next, unheard);
        }
        handedOn = next;
        behind = false;
    }

    private static Optional<LaunchGrant> read(Row row) {
        try {
            return Optional.of(GrantRow.read(row));
        } catch (RuntimeException e) { // a faulty row must not affect others
            LOG.warnf(
                    "launch grant row can't be used, it gives nothing grantId=%s reason=\"%s\"",
                    row.getUUID("id"), PlainReason.of(e));
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        writes.close();
        TableFollower running = follower;
        if (running != null) {
            running.close();
        }
    }
}
