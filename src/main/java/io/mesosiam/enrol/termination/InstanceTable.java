package io.mesosiam.enrol.termination;

import io.mesosiam.enrol.ec2.InstanceCalls.Place;
import io.mesosiam.enrol.termination.StateChanges.Change;
import io.mesosiam.enrol.termination.StateChanges.Enrolled;
import io.mesosiam.postgres.OneStatement;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The instances of table {@code ec2_instance} that are asked for. Blocks on the database. */
final class InstanceTable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Without a certificate in the last 30 days an instance has nothing that could end. */
    private static final String OPEN = """
            select id, account, region, instance_id, hostname, state from ec2_instance
            where terminated_at is null
                and exists (select from host_certificate where instance = ec2_instance.id and expires_at > now() - interval '30 days')
            order by account, region, instance_id""";

    private static final String CALLER =
            "select set_config('mesos_iam.caller', $1, true), set_config('lock_timeout', '3s', true)";

    private static final String STATE = "update ec2_instance set state = $2 where id = $1 and terminated_at is null";

    private static final String TERMINATED =
            "update ec2_instance set terminated_at = now() where id = $1 and terminated_at is null";

    private final Pool pool;
    private final String controllerId;

    /** @param controllerId the actor of audit events */
    InstanceTable(Pool pool, String controllerId) {
        this.pool = pool;
        this.controllerId = controllerId;
    }

    List<Enrolled> open() {
        List<Enrolled> open = new ArrayList<>();
        for (Row row : OneStatement.run(pool, OPEN).await().atMost(TIMEOUT)) {
            open.add(new Enrolled(
                    row.getUUID("id"),
                    new Place(row.getString("account"), row.getString("region")),
                    row.getString("instance_id"),
                    row.getString("hostname"),
                    row.getString("state")));
        }
        return open;
    }

    /** Writes all changes or none. A termination evicts the host, by a trigger. */
    void write(List<Change> changes) {
        pool.withTransaction(connection -> changes.stream()
                        .reduce(
                                connection
                                        .preparedQuery(CALLER)
                                        .execute(Tuple.of(controllerId))
                                        .replaceWithVoid(),
                                (before, change) -> before.chain(() -> written(connection, change)),
                                (one, _) -> one))
                .await()
                .atMost(TIMEOUT);
    }

    private static Uni<Void> written(SqlConnection connection, Change change) {
        return (change.isTermination()
                        ? connection
                                .preparedQuery(TERMINATED)
                                .execute(Tuple.of(change.instance().id()))
                        : connection
                                .preparedQuery(STATE)
                                .execute(Tuple.of(change.instance().id(), change.state())))
                .replaceWithVoid();
    }
}
