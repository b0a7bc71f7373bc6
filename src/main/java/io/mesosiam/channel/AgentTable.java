package io.mesosiam.channel;

import io.mesosiam.mesos.MesosAgentId;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.Optional;
import java.util.Set;

/**
 * The rows of table {@code agent}: which controller renews each host's leases. A claim is one statement that takes the
 * next epoch, whoever had the last; so of two controllers that an agent says hello to, the later one has the host, and
 * what the earlier one still writes is void. Waits for the database: for virtual threads only.
 */
final class AgentTable {
    private static final String CLAIM = """
            insert into agent (mesos_agent_id, hostname, epoch, controller_id, state, version, connected_at)
            values ($1, $2, 1, $3, 'connected', $4, now())
            on conflict (mesos_agent_id) do update set
                hostname = excluded.hostname,
                epoch = agent.epoch + 1,
                controller_id = excluded.controller_id,
                state = case agent.state when 'draining' then 'draining' else 'connected' end,
                version = excluded.version,
                connected_at = now()
            returning epoch, state""";

    private static final String CLAIM_AGAIN = """
            update agent set
                epoch = epoch + 1,
                controller_id = $3,
                state = case state when 'draining' then 'draining' else 'connected' end,
                version = $4,
                connected_at = now()
            where mesos_agent_id = $1 and lower(hostname) = any ($2)
            returning epoch, state""";

    private static final String RELEASE = """
            update agent set
                state = case state when 'draining' then 'draining' else 'disconnected' end,
                disconnected_at = now()
            where mesos_agent_id = $1 and epoch = $2""";

    private final Pool pool;
    private final ChannelConfig config;
    private final String controllerId;

    AgentTable(Pool pool, ChannelConfig config) {
        this.pool = pool;
        this.config = config;
        this.controllerId = ControllerHost.name(config);
    }

    /** The database gave no answer. */
    static final class AwayException extends Exception {
        private static final long serialVersionUID = 1;

        AwayException(RuntimeException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /**
     * Claims a host.
     *
     * @param hostname the one that the master shows, found to be the certificate's
     */
    Claim claim(MesosAgentId host, String hostname, String version) throws AwayException {
        return ask(CLAIM, Tuple.of(host.value(), hostname, controllerId, version))
                .orElseThrow(() -> new AssertionError("an upsert returns its row"));
    }

    /** Claims a host that was claimed before under one of these names; empty if it wasn't. */
    Optional<Claim> claimAgain(MesosAgentId host, Set<String> hostnames, String version) throws AwayException {
        return ask(CLAIM_AGAIN, Tuple.of(host.value(), hostnames.toArray(String[]::new), controllerId, version));
    }

    /** Records that the stream of that epoch ended; void if there is a newer claim. */
    void release(MesosAgentId host, long epoch) throws AwayException {
        RowSet<Row> unused = execute(RELEASE, Tuple.of(host.value(), epoch));
    }

    /** Whether a claim would be recorded now. */
    boolean answers() {
        try {
            RowSet<Row> unused = execute("select from agent limit 1", Tuple.tuple());
            return true;
        } catch (AwayException e) {
            return false;
        }
    }

    private Optional<Claim> ask(String sql, Tuple values) throws AwayException {
        for (Row row : execute(sql, values)) {
            return Optional.of(new Claim(
                    row.getLong("epoch"), false, row.getString("state").equals("draining")));
        }
        return Optional.empty();
    }

    private RowSet<Row> execute(String sql, Tuple values) throws AwayException {
        try {
            return pool.preparedQuery(sql).execute(values).await().atMost(config.claimTimeout());
        } catch (RuntimeException e) {
            throw new AwayException(e);
        }
    }
}
