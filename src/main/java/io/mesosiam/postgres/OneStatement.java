package io.mesosiam.postgres;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;

/**
 * Runs one statement on a connection of a pool.
 *
 * <p>The pool's own {@code query} and {@code preparedQuery} are not used: if no connection can be made, Vert.x 4.5 fails the statement's promise twice, the
 * second time when the limit for a connection has elapsed, and logs that with a stack trace.
 */
public final class OneStatement {
    private OneStatement() {}

    /** The rows of a statement without values; the database is asked at each subscription. */
    public static Uni<RowSet<Row>> run(Pool pool, String sql) {
        return pool.withConnection(connection -> connection.query(sql).execute());
    }

    /** The rows of a statement with these values. */
    public static Uni<RowSet<Row>> run(Pool pool, String sql, Tuple values) {
        return pool.withConnection(connection -> connection.preparedQuery(sql).execute(values));
    }
}
