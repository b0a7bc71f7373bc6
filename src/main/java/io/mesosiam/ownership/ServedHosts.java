package io.mesosiam.ownership;

import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.postgres.OneStatement;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * The hosts that have a controller.
 *
 * @param connected those whose agent has a stream to a controller that runs, as the rows say
 */
public record ServedHosts(Set<MesosAgentId> connected) {
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
            select mesos_agent_id::text as connected from connected""";

    private static final Duration LIMIT = Duration.ofSeconds(2);

    public ServedHosts {
        connected = Set.copyOf(connected);
    }

    /** Reads the table. A statement that takes longer than a scrape waits for it would keep its connection. */
    public static Uni<ServedHosts> read(Pool pool) {
        return OneStatement.run(pool, FIND, Tuple.tuple(), LIMIT).map(ServedHosts::of);
    }

    private static ServedHosts of(Iterable<Row> rows) {
        Set<MesosAgentId> connected = new HashSet<>();
        rows.forEach(row -> connected.add(new MesosAgentId(row.getString("connected"))));
        return new ServedHosts(connected);
    }
}
