package io.mesosiam.ownership;

import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.postgres.OneStatement;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The hosts that have a controller, and those that are to have none.
 *
 * @param connected those whose agent has a stream to a controller that runs, as the rows say
 * @param evicted the names, in lower case, of the hosts that operators have evicted
 */
public record ServedHosts(Set<MesosAgentId> connected, Set<String> evicted) {
    /**
     * The parts of a {@code with} that end with {@code connected}, the ids of the Mesos agents with a stream to a controller that
     * runs.
     */
    public static final String CONNECTED =
            LiveControllers.HELD + """
            , connected as (
                select mesos_agent_id from agent where
            """ + AgentTable.IS_CONNECTED + " and " + LiveControllers.RUNS + ")\n";

    private static final String FIND = "with " + CONNECTED + """
            select mesos_agent_id::text as connected, null::text as evicted from connected
            union all
            select null, hostname::text from host where evicted_at is not null""";

    private static final Duration LIMIT = Duration.ofSeconds(2);

    public ServedHosts {
        connected = Set.copyOf(connected);
        evicted = Set.copyOf(evicted);
    }

    /** Reads both tables. A statement that takes longer than a scrape waits for it would keep its connection. */
    public static Uni<ServedHosts> read(Pool pool) {
        return OneStatement.run(pool, FIND, Tuple.tuple(), LIMIT).map(ServedHosts::of);
    }

    private static ServedHosts of(Iterable<Row> rows) {
        Set<MesosAgentId> connected = new HashSet<>();
        Set<String> evicted = new HashSet<>();
        rows.forEach(row -> {
            Optional.ofNullable(row.getString("connected"))
                    .map(MesosAgentId::new)
                    .ifPresent(connected::add);
            Optional.ofNullable(row.getString("evicted")).ifPresent(evicted::add);
        });
        return new ServedHosts(connected, evicted);
    }
}
