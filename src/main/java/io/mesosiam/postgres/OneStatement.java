package io.mesosiam.postgres;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;

/**
 * Runs one statement on a connection of a pool.
 *
 * <p>The pool's own {@code query} and {@code preparedQuery} are not used: if no connection can be made, Vert.x 4.5
 * fails the statement's promise twice, the second time at the connection timeout, and logs that with a stack trace.
 */
public final class OneStatement {
    private OneStatement() {}

    /** Returns the rows of a statement without parameters; each subscription runs the statement. */
    public static Uni<RowSet<Row>> run(Pool pool, String sql) {
        return pool.withConnection(connection -> connection.query(sql).execute());
    }

    /** Returns the rows of a statement with these parameters. */
    public static Uni<RowSet<Row>> run(Pool pool, String sql, Tuple values) {
        return pool.withConnection(connection -> connection.preparedQuery(sql).execute(values));
    }

    /** The same; the database ends the statement after that time, also while it waits for a lock. */
    public static Uni<RowSet<Row>> run(Pool pool, String sql, Tuple values, Duration limit) {
        return pool.withTransaction(connection -> connection
                .query("set local statement_timeout = " + limit.toMillis())
                .execute()
                .chain(() -> connection.preparedQuery(sql).execute(values)));
    }
}
