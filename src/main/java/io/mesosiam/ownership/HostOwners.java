package io.mesosiam.ownership;

import io.mesosiam.loglimit.RepeatedLines;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.PlainReason;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/**
 * Reads from table {@code agent} which controller owns which host, for operators. {@link #of} and {@link #all}
 * block on the database: call them on virtual threads only.
 */
@Singleton
public final class HostOwners {
    private static final Logger LOG = Logger.getLogger(HostOwners.class);

    private static final Duration ANSWER_BY = Duration.ofSeconds(2);

    /** How old the answer of {@link #all} can be, so that pages of a list don't each read the table. */
    private static final Duration FRESH = Duration.ofSeconds(1);

    private static final String ALL = """
            select mesos_agent_id::text, hostname, controller_id, state, version, connected_at, disconnected_at,
                exists (select from host where host.hostname = lower(agent.hostname) and host.evicted_at is not null) as evicted
            from agent""";

    private static final String OWNERS = ALL + """

            where mesos_agent_id::text = any ($1::text[])""";

    private final Pool pool;
    private final InstantSource clock;
    private final EvictedAgents evictions;

    /** Callers of the API must not fill the log while the database is away. */
    private final RepeatedLines lines = new RepeatedLines(Duration.ofMinutes(1));

    private volatile Map<MesosAgentId, Owner> newest = Map.of();
    private volatile boolean away;
    private final AtomicReference<Reading> reading = new AtomicReference<>(
            new Reading(System.nanoTime() - FRESH.toNanos(), CompletableFuture.completedFuture(Map.of())));

    /**
     * A reading of the table.
     *
     * @param answer never fails: without an answer of the database it is the one before
     */
    private record Reading(long begunAt, CompletableFuture<Map<MesosAgentId, Owner>> answer) {}

    @Inject
    public HostOwners(Pool pool, InstantSource clock, EvictedAgents evictions) {
        this.pool = pool;
        this.clock = clock;
        this.evictions = evictions;
    }

    /**
     * The row of a host: the controller that claimed it last, and what that controller recorded.
     *
     * @param hostname the host's name at that claim
     * @param controllerId empty if no controller has claimed the host
     * @param state value of the column {@code state}
     * @param version the agent's version as it states it; empty if it never connected
     * @param connectedAt when the host's agent last connected; empty if it never connected
     * @param disconnectedAt when its stream last ended; empty if none has
     * @param evicted whether operators have evicted the host, by this name or another name that the master shows
     */
    public record Owner(
            String hostname,
            Optional<String> controllerId,
            String state,
            Optional<String> version,
            Optional<Instant> connectedAt,
            Optional<Instant> disconnectedAt,
            boolean evicted) {
        /** Whether the agent's stream is still open according to its controller. */
        public boolean isConnected() {
            return !state.equals("disconnected");
        }
    }

    /** Returns the owners of those hosts that have a row; an empty map while the database does not answer. */
    public Map<MesosAgentId, Owner> of(Collection<MesosAgentId> hosts) {
        String[] ids = hosts.stream().map(MesosAgentId::value).distinct().toArray(String[]::new);
        try {
            return owners(OneStatement.run(pool, OWNERS, Tuple.of(ids), ANSWER_BY)
                    .await()
                    .atMost(ANSWER_BY));
        } catch (RuntimeException e) {
            notRead(e);
            return Map.of();
        }
    }

    /**
     * Returns the owners of all hosts that have a row, at most a second old; while the database does not answer, the last
     * answer.
     */
    public Map<MesosAgentId, Owner> all() {
        try {
            return current().answer().get(2 * ANSWER_BY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return newest;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return newest;
        }
    }

    /** Returns what {@link #all} returns, without blocking. The answer can come on a thread of the database's. */
    public Uni<Map<MesosAgentId, Owner>> read() {
        return Uni.createFrom().completionStage(() -> current().answer());
    }

    /** Returns the last answer of the database at once. If it is more than a second old, the table is read for later calls. */
    public Map<MesosAgentId, Owner> recent() {
        Reading unused = current();
        return newest;
    }

    /** Whether the database didn't answer when the owners of all hosts were read last. */
    public boolean isAway() {
        return away;
    }

    /** The reading that is under way or recent, else a new one. */
    private Reading current() {
        Reading last = reading.get();
        long now = System.nanoTime();
        if (!last.answer().isDone() || now - last.begunAt() < FRESH.toNanos()) {
            return last;
        }
        Reading next = new Reading(now, new CompletableFuture<>());
        if (!reading.compareAndSet(last, next)) {
            return reading.get();
        }
        var unused = OneStatement.run(pool, ALL, Tuple.tuple(), ANSWER_BY)
                .map(this::owners)
                .ifNoItem()
                .after(ANSWER_BY)
                .fail()
                .subscribe()
                .with(
                        read -> {
                            newest = read;
                            away = false;
                            next.answer().complete(read);
                        },
                        e -> {
                            notRead(e);
                            away = true;
                            next.answer().complete(newest);
                        });
        return next;
    }

    private void notRead(Throwable e) {
        lines.due("not read", clock.instant())
                .ifPresent(repeated ->
                        LOG.warnf("host owners not read reason=\"%s\" repeated=%d", PlainReason.of(e), repeated));
    }

    private Map<MesosAgentId, Owner> owners(Iterable<Row> rows) {
        Set<MesosAgentId> evicted = evictions.ids();
        Map<MesosAgentId, Owner> owners = new HashMap<>();
        rows.forEach(row -> {
            MesosAgentId host = new MesosAgentId(row.getString("mesos_agent_id"));
            owners.put(host, owner(row, evicted.contains(host)));
        });
        return owners;
    }

    private static Owner owner(Row row, boolean evictedByAnotherName) {
        return new Owner(
                row.getString("hostname"),
                Optional.ofNullable(row.getString("controller_id")),
                row.getString("state"),
                Optional.ofNullable(row.getString("version")),
                Optional.ofNullable(row.getOffsetDateTime("connected_at")).map(OffsetDateTime::toInstant),
                Optional.ofNullable(row.getOffsetDateTime("disconnected_at")).map(OffsetDateTime::toInstant),
                row.getBoolean("evicted") || evictedByAnotherName);
    }
}
