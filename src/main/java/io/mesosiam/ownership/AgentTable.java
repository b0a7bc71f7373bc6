package io.mesosiam.ownership;

import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.postgres.OneStatement;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Table {@code agent}: which controller renews the leases of each host. A claim is one statement that takes the next
 * epoch, whichever controller had the previous one. Of two controllers that receive a hello of one agent, the later one
 * has the host, and later writes of the earlier one are rejected. Blocks on the database: call on virtual threads only.
 */
public final class AgentTable {
    // joined with "before", because RETURNING alone would see the changed row
    private static final String CLAIM = """
            with before as (select controller_id from agent where mesos_agent_id = $1::text for update)
            insert into agent (mesos_agent_id, hostname, epoch, controller_id, state, version, connected_at, instance)
            select $1::text, $2::text, 1, $3::text, 'connected', $4::text, now(),
                (select instance from host_certificate where serial = $5::text)
            from (select count(*) from before) locked
            on conflict (mesos_agent_id) do update set
                hostname = excluded.hostname,
                epoch = agent.epoch + 1,
                controller_id = excluded.controller_id,
                state = case agent.state when 'draining' then 'draining' else 'connected' end,
                version = excluded.version,
                connected_at = now(),
                instance = excluded.instance
            returning epoch, state, (select controller_id from before) as previous""";

    private static final String CLAIM_AGAIN = """
            with before as (select controller_id from agent where mesos_agent_id = $1::text for update)
            update agent set
                epoch = epoch + 1,
                controller_id = $3,
                state = case state when 'draining' then 'draining' else 'connected' end,
                version = $4,
                connected_at = now(),
                instance = (select instance from host_certificate where serial = $5::text)
            from (select count(*) from before) locked
            where mesos_agent_id = $1::text and lower(hostname) = any ($2)
            returning epoch, state, (select controller_id from before) as previous""";

    private static final String RELEASE = """
            update agent set
                state = case state when 'draining' then 'draining' else 'disconnected' end,
                disconnected_at = now()
            where mesos_agent_id = $1 and epoch = $2""";

    private static final int MAX_IN_FLIGHT = 32;

    private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT, true);
    private final AtomicLong answers = new AtomicLong();
    private final Pool pool;
    private final String controllerId;
    private final Duration claimTimeout;

    /**
     * The table, for the claims of one controller.
     *
     * @param claimTimeout time limit for a claim and for the release of a host; after it the answer of a claim is late, unless
     *     the database answers other claims
     */
    public AgentTable(Pool pool, ControllerId controller, Duration claimTimeout) {
        this.pool = pool;
        this.controllerId = controller.value();
        this.claimTimeout = claimTimeout;
    }

    /**
     * Claims a host. The statement may take effect after the claim timeout: its answer then stays in the attempt.
     *
     * @param hostname the host name that the master shows and that the certificate contains
     * @param serial of the certificate, which may be that of an EC2 instance
     * @param isWanted asked before the statement is sent: a claim for a stream that has ended would take the host from the
     *     controller that has it now
     */
    public ClaimAttempt claim(
            MesosAgentId host, String hostname, String version, String serial, BooleanSupplier isWanted) {
        return attempt(CLAIM, Tuple.of(host.value(), hostname, controllerId, version, serial), isWanted);
    }

    /** Claims a host that was claimed before under one of these names; the answer is empty if it was not. */
    public ClaimAttempt claimAgain(
            MesosAgentId host, Set<String> hostnames, String version, String serial, BooleanSupplier isWanted) {
        return attempt(
                CLAIM_AGAIN,
                Tuple.of(host.value(), hostnames.toArray(String[]::new), controllerId, version, serial),
                isWanted);
    }

    /**
     * Records that the stream of this epoch ended; has no effect if there is a newer claim.
     *
     * @throws RuntimeException if the end was not recorded
     */
    public void release(MesosAgentId host, long epoch) {
        RowSet<Row> unused = OneStatement.run(pool, RELEASE, Tuple.of(host.value(), epoch))
                .await()
                .atMost(claimTimeout);
    }

    /**
     * Waits for a permit, so that the time limit measures the database and not our own queue. If no permit is free in
     * time, the claim is not sent.
     */
    private ClaimAttempt attempt(String sql, Tuple values, BooleanSupplier isWanted) {
        if (!isAdmitted()) {
            return ClaimAttempt.givenUp(new ClaimAttempt.Result.NotSent());
        }
        if (!isWanted.getAsBoolean()) {
            inFlight.release();
            return ClaimAttempt.givenUp(new ClaimAttempt.Result.NotWanted());
        }
        CompletableFuture<Optional<Claim>> answer = sent(sql, values).whenComplete((_, failure) -> {
            if (failure == null) {
                answers.incrementAndGet();
            }
            inFlight.release();
        });
        return new ClaimAttempt(answer, claimTimeout, answers::get);
    }

    /**
     * Turns an exception that the client throws before it sends into a failed answer, so that the permit is released.
     */
    private CompletableFuture<Optional<Claim>> sent(String sql, Tuple values) {
        try {
            return OneStatement.run(pool, sql, values).map(this::claim).subscribeAsCompletionStage();
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private boolean isAdmitted() {
        try {
            return ClaimAttempt.whileAnswering(answers::get, () -> Optional.of(
                                    inFlight.tryAcquire(claimTimeout.toMillis(), TimeUnit.MILLISECONDS))
                            .filter(Boolean::booleanValue))
                    .isPresent();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Optional<Claim> claim(RowSet<Row> rows) {
        for (Row row : rows) {
            Optional<String> previous = Optional.ofNullable(row.getString("previous"));
            long epoch = row.getLong("epoch");
            return Optional.of(new Claim(
                    epoch,
                    false,
                    row.getString("state").equals("draining"),
                    epoch == 1 || previous.equals(Optional.of(controllerId))));
        }
        return Optional.empty();
    }
}
