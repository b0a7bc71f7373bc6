package io.mesosiam.policy.store;

import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.RevokerRole;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.PlainReason;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Reads rows of table {@code policy} that are not in it yet, as the table's own rows are read. Thread-safe. */
@Singleton
public final class PolicyRows {
    private static final String ROWS =
            PolicyRow.COLUMNS + " from json_populate_recordset(null::policy, $1::text::json) as policy";

    private static final String CLUSTER = "select coalesce((select name from cluster), 'mesos') as cluster";

    private final Pool pool;
    private final RevokerRole revoker;

    @Inject
    public PolicyRows(Pool pool, @ConfigProperty(name = RevokerRole.SETTING) Optional<String> revoker) {
        this.pool = pool;
        this.revoker = new RevokerRole(revoker);
    }

    /** What decisions make of a row. */
    public sealed interface Reading {
        /** The row is used. */
        record Usable(Policy policy) implements Reading {}

        /**
         * SQL accepts the row, but it can't be used.
         *
         * @param reason for operators; begins with the column
         */
        record Unusable(PolicyId policy, String reason) implements Reading {}
    }

    /**
     * Reads rows by the query that reads the table.
     *
     * @param rows each a JSON object with every column
     */
    public Uni<List<Reading>> read(List<String> rows) {
        if (rows.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return OneStatement.run(pool, CLUSTER)
                .map(found -> found.iterator().next().getString("cluster"))
                .chain(cluster -> OneStatement.run(pool, ROWS, Tuple.of("[" + String.join(",", rows) + "]"))
                        .map(found -> readings(found, cluster)));
    }

    private List<Reading> readings(RowSet<Row> rows, String cluster) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(row -> reading(row, cluster))
                .toList();
    }

    private Reading reading(Row row, String cluster) {
        try {
            return new Reading.Usable(new PolicyRow(row, cluster, revoker).policy());
        } catch (RuntimeException e) { // as PolicyReader: any fault makes the row unusable
            UUID id = row.getUUID("id");
            return new Reading.Unusable(new PolicyId(id), PlainReason.of(e));
        }
    }
}
