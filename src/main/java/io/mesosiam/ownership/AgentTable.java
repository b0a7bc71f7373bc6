package io.mesosiam.ownership;

import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.postgres.OneStatement;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Table {@code agent}: which controller renews the leases of each host. A claim is one statement that takes the next
 * epoch, whichever controller had the previous one. Of two controllers that receive a hello of one agent, the later one
 * has the host, and later writes of the earlier one are rejected. Blocks on the database: call on virtual threads only.
 */
public final class AgentTable {
    /** Locks the host's row, and reads its claim: RETURNING alone would see the changed row. */
    private static final String BEFORE = """
            with before as (
                select epoch, controller_id from agent where mesos_agent_id = $1::text for update of agent
            ), recorded as (select coalesce(max(epoch), 0) as epoch from before),
            """;

    /**
     * The next epoch. It is above the one under which the agent was served last: a failover that loses commits sets the row
     * back, and the epoch that follows can have been another controller's. A number far above the row's is no epoch.
     */
    private static final String NEXT = """
            next as (
                select epoch as recorded, 1 + greatest(epoch, case when $6::bigint <= epoch + 1000 then $6::bigint end) as epoch
                from recorded)
            """;

    private static final String RETURNING =
            " returning agent.epoch, state, (select controller_id from before) as previous,"
                    + " (select epoch from recorded) as recorded";

    /**
     * The connect is after the end of the former stream, for whose row it may have waited, so not at {@code now()}. After a
     * failover the clock can be behind the times of the row.
     */
    private static final String CLAIM = BEFORE + NEXT + """
            insert into agent (mesos_agent_id, hostname, epoch, controller_id, state, version, connected_at, instance)
            select $1::text, $2::text, next.epoch, $3::text, 'connected', $4::text, now(),
                (select instance from host_certificate where serial = $5::text)
            from next
            on conflict (mesos_agent_id) do update set
                hostname = excluded.hostname,
                epoch = greatest(agent.epoch + 1, excluded.epoch),
                controller_id = excluded.controller_id,
                state = case agent.state when 'draining' then 'draining' else 'connected' end,
                version = excluded.version,
                connected_at = greatest(clock_timestamp(), agent.disconnected_at + interval '1 microsecond'),
                instance = excluded.instance""" + RETURNING;

    private static final String CLAIM_AGAIN = BEFORE + NEXT + """
            update agent set
                epoch = next.epoch,
                controller_id = $3,
                state = case state when 'draining' then 'draining' else 'connected' end,
                version = $4,
                connected_at = greatest(clock_timestamp(), disconnected_at + interval '1 microsecond'),
                instance = (select instance from host_certificate where serial = $5::text)
            from next
            where mesos_agent_id = $1::text and lower(hostname) = any ($2)""" + RETURNING;

    /** The condition for rows of hosts whose agent has a stream, as the rows say. */
    public static final String IS_CONNECTED = "connected_at > coalesce(disconnected_at, '-infinity')";

    private static final String DISCONNECT = """
            update agent set
                state = case state when 'draining' then 'draining' else 'disconnected' end,
                disconnected_at = greatest(now(), connected_at)
            """;

    private static final String RELEASE = DISCONNECT + "where mesos_agent_id = $1 and epoch = $2";

    private static final String CONNECTED_HERE =
            "select mesos_agent_id::text, epoch from agent where controller_id = $1 and " + IS_CONNECTED;

    /** Not those that are claimed while it waits: by their epochs, since the times can be those of two servers. */
    private static final String RELEASE_ALL = DISCONNECT + """
            from unnest($1::text[], $2::bigint[]) as ended (host, of_epoch)
            where mesos_agent_id = ended.host and epoch = ended.of_epoch""";

    /**
     * The longest transaction of a controller that locks rows of hosts. The wait is limited, since each statement that waits
     * keeps a connection of the pool.
     */
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(10);

    /** With the releases fewer than the pool's connections: while the table is locked, some are left for all else. */
    private static final int MAX_CLAIMS = 12;

    /** Thousands of streams can end at once: claims of the hosts that come back need the connections. */
    private static final int MAX_RELEASES = 4;

    private final Semaphore claims = new Semaphore(MAX_CLAIMS, true);
    private final Semaphore releases = new Semaphore(MAX_RELEASES, true);
    private final AtomicLong answers = new AtomicLong();
    private final Pool pool;
    private final String controllerId;
    private final Duration claimTimeout;
    private final Duration lockTimeout;

    /**
     * The table, for the claims of one controller.
     *
     * @param claimTimeout time limit for a claim and for the release of a host; after it the answer of a claim is late, unless
     *     the database answers other claims
     */
    public AgentTable(Pool pool, ControllerId controller, Duration claimTimeout) {
        this(pool, controller, claimTimeout, LOCK_TIMEOUT);
    }

    /** @param lockTimeout the longest time that a statement waits for the lock of another transaction */
    AgentTable(Pool pool, ControllerId controller, Duration claimTimeout, Duration lockTimeout) {
        this.pool = pool;
        this.controllerId = controller.value();
        this.claimTimeout = claimTimeout;
        this.lockTimeout = lockTimeout;
    }

    /**
     * Claims a host. The statement may take effect after the claim timeout: its answer then stays in the attempt.
     *
     * @param hostname the host name that the master shows and that the certificate contains
     * @param serial of the certificate, which may be that of an EC2 instance
     * @param servedUnder the epoch under which the agent was served last, as it says
     * @param isWanted asked before the statement is sent: a claim for a stream that has ended would take the host from the
     *     controller that has it now
     */
    public ClaimAttempt claim(
            MesosAgentId host,
            String hostname,
            String version,
            String serial,
            OptionalLong servedUnder,
            BooleanSupplier isWanted) {
        return claim(CLAIM, values(host, hostname, version, serial, servedUnder), servedUnder, isWanted);
    }

    /** Claims a host that was claimed before under one of these names; the answer is empty if it was not. */
    public ClaimAttempt claimAgain(
            MesosAgentId host,
            Set<String> hostnames,
            String version,
            String serial,
            OptionalLong servedUnder,
            BooleanSupplier isWanted) {
        return claim(
                CLAIM_AGAIN,
                values(host, hostnames.toArray(String[]::new), version, serial, servedUnder),
                servedUnder,
                isWanted);
    }

    private Tuple values(MesosAgentId host, Object hostnames, String version, String serial, OptionalLong servedUnder) {
        return Tuple.tuple()
                .addValue(host.value())
                .addValue(hostnames)
                .addValue(controllerId)
                .addValue(version)
                .addValue(serial)
                .addValue(servedUnder.isPresent() ? servedUnder.getAsLong() : null);
    }

    private ClaimAttempt claim(String sql, Tuple values, OptionalLong servedUnder, BooleanSupplier isWanted) {
        return attempt(claims, sql, values, rows -> claim(rows, servedUnder), isWanted);
    }

    /**
     * Records that the stream of this epoch ended; has no effect if there is a newer claim. Waits for the answer.
     *
     * @param isWanted asked before the statement is sent: a host that has come back is claimed anew
     * @return {@code Answered} without a claim if the end is recorded
     */
    public ClaimAttempt.Result release(MesosAgentId host, long epoch, BooleanSupplier isWanted) {
        Tuple values = Tuple.of(host.value(), epoch);
        return attempt(releases, RELEASE, values, _ -> Optional.empty(), isWanted)
                .await();
    }

    /**
     * Records that the streams of these epochs have ended, as {@link #release} does. The statement may take effect later, as that
     * of a claim.
     */
    public ClaimAttempt.Result releaseAll(Map<MesosAgentId, Long> epochs) {
        String[] hosts = epochs.keySet().stream().map(MesosAgentId::value).toArray(String[]::new);
        Tuple values = Tuple.of(hosts, epochs.values().toArray(Long[]::new));
        return attempt(releases, RELEASE_ALL, values, _ -> Optional.empty(), () -> true)
                .await();
    }

    /** The hosts that are recorded as connected to this controller, with their epochs; empty if the database does not answer in time. */
    public Optional<Map<MesosAgentId, Long>> connected() {
        try {
            Map<MesosAgentId, Long> epochs = new HashMap<>();
            RowSet<Row> rows = OneStatement.run(pool, CONNECTED_HERE, Tuple.of(controllerId))
                    .await()
                    .atMost(claimTimeout);
            rows.forEach(row -> epochs.put(new MesosAgentId(row.getString("mesos_agent_id")), row.getLong("epoch")));
            return Optional.of(Map.copyOf(epochs));
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    /**
     * Waits for a permit, so that the time limit measures the database and not our own queue. If no permit is free in
     * time, the claim is not sent.
     */
    private ClaimAttempt attempt(
            Semaphore permits,
            String sql,
            Tuple values,
            Function<RowSet<Row>, Optional<Claim>> result,
            BooleanSupplier isWanted) {
        if (!isAdmitted(permits)) {
            return ClaimAttempt.givenUp(new ClaimAttempt.Result.NotSent());
        }
        if (!isWanted.getAsBoolean()) {
            permits.release();
            return ClaimAttempt.givenUp(new ClaimAttempt.Result.NotWanted());
        }
        CompletableFuture<Optional<Claim>> answer = sent(sql, values, result).whenComplete((_, failure) -> {
            if (failure == null) {
                answers.incrementAndGet();
            }
            permits.release();
        });
        return new ClaimAttempt(answer, claimTimeout, answers::get);
    }

    /**
     * Turns an exception that the client throws before it sends into a failed answer, so that the permit is released.
     */
    private CompletableFuture<Optional<Claim>> sent(
            String sql, Tuple values, Function<RowSet<Row>, Optional<Claim>> result) {
        try {
            return OneStatement.waiting(pool, sql, values, lockTimeout)
                    .map(result)
                    .subscribeAsCompletionStage();
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private boolean isAdmitted(Semaphore permits) {
        try {
            return ClaimAttempt.whileAnswering(answers::get, () -> Optional.of(
                                    permits.tryAcquire(claimTimeout.toMillis(), TimeUnit.MILLISECONDS))
                            .filter(Boolean::booleanValue))
                    .isPresent();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Optional<Claim> claim(RowSet<Row> rows, OptionalLong servedUnder) {
        for (Row row : rows) {
            Optional<String> previous = Optional.ofNullable(row.getString("previous"));
            long epoch = row.getLong("epoch");
            boolean isLost = servedUnder.orElse(0) > row.getLong("recorded");
            return Optional.of(new Claim(
                    epoch,
                    false,
                    row.getString("state").equals("draining"),
                    !isLost && (epoch == 1 || previous.equals(Optional.of(controllerId)))));
        }
        return Optional.empty();
    }
}
