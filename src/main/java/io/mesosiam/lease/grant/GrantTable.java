package io.mesosiam.lease.grant;

import io.mesosiam.lease.GrantRows;
import io.mesosiam.loop.Loop;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.Grants;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.RevokerRole;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.policy.grant.GrantedTasks;
import io.mesosiam.policy.grant.LaunchGrant;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.PlainReason;
import io.mesosiam.postgres.SessionPool;
import io.mesosiam.postgres.TableFollower;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
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

    /** At least one row: the oldest transaction that was open has to be known for the next read. */
    private static final String READ = "select pg_snapshot_xmin(pg_current_snapshot())::text as oldest, "
            + GrantRow.COLUMNS + " from (values (1)) as always left join launch_grant on ";

    private static final String CHANGED = READ + "changed_in >= $1::text::xid8";
    private static final String ALL = CHANGED + " or ended_at is null";

    /** No transaction has it: before the first read, no change counts. */
    private static final String NO_TRANSACTION = "18446744073709551615";

    private static final String ROW = "select " + GrantRow.COLUMNS
            + " from json_populate_record(null::launch_grant, $1::text::json) as launch_grant";

    /**
     * Any controller ends what has expired; the lease has ended at that moment without the row. Rows that another transaction
     * has locked are left to a later poll.
     */
    private static final String EXPIRE = "update launch_grant set ended_at = now(), end_reason = 'expired'"
            + " from (select set_config('mesos_iam.caller', $1, true)) as stated where id in (select id from launch_grant"
            + " where ended_at is null and expires_at <= now() for update skip locked)";

    private final Pool pool;
    private final SessionPool sessions;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final RevokerRole revoker;
    private final Duration poll;
    private final String controllerId;
    private final GrantWrites writes;
    private final FollowedGrants followed;

    private String oldest = NO_TRANSACTION;
    private Instant readAll = Instant.MIN;
    private volatile @Nullable TableFollower follower;

    /** @param controllerId this controller's name in audit events */
    public GrantTable(
            Pool pool,
            SessionPool sessions,
            String controllerId,
            RandomGenerator random,
            InstantSource clock,
            RevokerRole revoker) {
        this(pool, sessions, controllerId, random, clock, revoker, POLL);
    }

    GrantTable(
            Pool pool,
            SessionPool sessions,
            String controllerId,
            RandomGenerator random,
            InstantSource clock,
            RevokerRole revoker,
            Duration poll) {
        this.pool = pool;
        this.sessions = sessions;
        this.poll = poll;
        this.random = random;
        this.clock = clock;
        this.revoker = revoker;
        this.controllerId = controllerId;
        this.writes = new GrantWrites(pool, controllerId, random);
        this.followed = new FollowedGrants(clock);
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
                sessions,
                new TableFollower.Settings("launch_grant", "launch_grant", poll, TIMEOUT),
                random,
                () -> refresh(listener));
        follower = starting;
        starting.start();
        writes.start();
    }

    /** The newest grants. */
    public GrantSet current() {
        return followed.current();
    }

    /**
     * A grant that is not in the table, as decisions would have it.
     *
     * @param row a JSON object of columns
     */
    public Uni<LaunchGrant> read(String row) {
        return OneStatement.run(pool, ROW, Tuple.of(row))
                .map(rows -> GrantRow.read(rows.iterator().next(), revoker));
    }

    /** The loop that writes, for metrics and readiness. */
    public Loop loop() {
        return writes.loop();
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
        current().find(grant.value()).flatMap(found -> found.state().holder()).ifPresent(first -> {
            if (hasEnded.test(first)) {
                writes.end(grant.value(), first);
            } else {
                String reason = first + " has it, and " + second + " claims it too";
                writes.suspend(grant.value(), reason.length() > 1024 ? "two launches claim it" : reason);
            }
        });
    }

    @Override
    public void ended(TaskContainer launch) {
        writes.endOnceBound(launch);
        followed.ended(launch).forEach(grant -> writes.end(grant, launch));
    }

    /** What these grants give now: nothing once the launch has ended or the grant has expired, also before its row says so. */
    public Grants inForce(GrantSet grants) {
        return followed.inForce(grants);
    }

    private void refresh(Listener listener) {
        Instant now = clock.instant();
        if (now.isBefore(readAll.plus(poll.dividedBy(2))) && !now.isBefore(readAll)) {
            followed.takeChanged(rows(CHANGED), listener);
        } else {
            endExpired(); // first, so that their ends are read
            List<LaunchGrant> all = rows(ALL);
            readAll = now;
            followed.takeAll(all, listener);
        }
    }

    /** A failure delays the rows' ends; the grants must be read nevertheless. */
    private void endExpired() {
        try {
            OneStatement.run(pool, EXPIRE, Tuple.of(controllerId)).await().atMost(TIMEOUT);
        } catch (RuntimeException e) {
            LOG.warnf("expired launch grants not ended reason=\"%s\"", PlainReason.of(e));
        }
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

    private Optional<LaunchGrant> read(Row row) {
        try {
            return Optional.of(GrantRow.read(row, revoker));
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
