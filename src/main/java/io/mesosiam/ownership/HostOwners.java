package io.mesosiam.ownership;

import io.mesosiam.loglimit.RepeatedLines;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.PlainReason;
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
import org.jboss.logging.Logger;

/**
 * Reads from table {@code agent} which controller owns which host, for operators. It blocks on the database: call it on
 * virtual threads only.
 */
@Singleton
public final class HostOwners {
    private static final Logger LOG = Logger.getLogger(HostOwners.class);

    private static final Duration ANSWER_BY = Duration.ofSeconds(2);

    private static final String OWNERS = """
            select mesos_agent_id::text, controller_id, state, connected_at from agent
            where mesos_agent_id::text = any ($1::text[])""";

    private final Pool pool;
    private final InstantSource clock;

    /** Callers of the API must not fill the log while the database is away. */
    private final RepeatedLines lines = new RepeatedLines(Duration.ofMinutes(1));

    @Inject
    public HostOwners(Pool pool, InstantSource clock) {
        this.pool = pool;
        this.clock = clock;
    }

    /**
     * The controller that last claimed a host.
     *
     * @param controllerId empty if no controller has claimed the host
     * @param state value of the column {@code state}
     * @param connectedAt when the host's agent last connected; empty if it never connected
     */
    public record Owner(Optional<String> controllerId, String state, Optional<Instant> connectedAt) {
        /** Whether the agent's stream is still open according to its controller. */
        public boolean isConnected() {
            return !state.equals("disconnected");
        }
    }

    /** Returns the owners of those hosts that have a row; an empty map while the database does not answer. */
    public Map<MesosAgentId, Owner> of(Collection<MesosAgentId> hosts) {
        String[] ids = hosts.stream().map(MesosAgentId::value).distinct().toArray(String[]::new);
        Map<MesosAgentId, Owner> owners = new HashMap<>();
        try {
            for (Row row : OneStatement.run(pool, OWNERS, Tuple.of(ids)).await().atMost(ANSWER_BY)) {
                owners.put(new MesosAgentId(row.getString("mesos_agent_id")), owner(row));
            }
        } catch (RuntimeException e) {
            lines.due("not read", clock.instant())
                    .ifPresent(repeated ->
                            LOG.warnf("host owners not read reason=\"%s\" repeated=%d", PlainReason.of(e), repeated));
        }
        return owners;
    }

    private static Owner owner(Row row) {
        return new Owner(
                Optional.ofNullable(row.getString("controller_id")),
                row.getString("state"),
                Optional.ofNullable(row.getOffsetDateTime("connected_at")).map(OffsetDateTime::toInstant));
    }
}
