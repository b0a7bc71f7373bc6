package io.mesosiam.policy.store;

import io.mesosiam.policy.bounds.Namespace;
import io.mesosiam.policy.bounds.Namespaces;
import io.mesosiam.postgres.OneStatement;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads rows of table {@code namespace} that are not in it yet, as the table's own rows are read. Thread-safe. */
@Singleton
public final class NamespaceRows {
    private static final String TABLE = "from namespace";

    private static final String ROWS = NamespaceRow.QUERY.substring(0, NamespaceRow.QUERY.lastIndexOf(TABLE))
            + "from json_populate_recordset(null::namespace, $1::text::json) as namespace";

    private final Pool pool;

    @Inject
    public NamespaceRows(Pool pool) {
        this.pool = pool;
    }

    /**
     * Reads all namespaces.
     *
     * @param rows each a JSON object with every column
     * @return empty if there are no rows
     */
    public Uni<Optional<Namespaces>> read(List<String> rows) {
        if (rows.isEmpty()) {
            return Uni.createFrom().item(Optional.empty());
        }
        return OneStatement.run(pool, ROWS, Tuple.of("[" + String.join(",", rows) + "]"))
                .map(found -> {
                    List<Namespace> namespaces = new ArrayList<>();
                    found.forEach(row -> namespaces.add(new NamespaceRow(row).namespace()));
                    return Optional.of(new Namespaces(namespaces));
                });
    }
}
