package io.mesosiam.postgres;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;

/**
 * Runs one statement on a connection of a pool.
 *
 * <p>A statement waits at most 5 s for the lock of another transaction, unless the caller sets a limit of its own: an open
 * transaction on a table would otherwise take all connections of the pool.
 *
 * <p>The pool's own {@code query} and {@code preparedQuery} are not used: if no connection can be made, Vert.x 4.5
 * fails the statement's promise twice, the second time at the connection timeout, and logs that with a stack trace.
 */
public final class OneStatement {
    /** A statement that waited for longer would keep its connection while its caller sends another one. */
    public static final String LOCK_LIMIT = "set local lock_timeout = '5s'";

    /** The server ends the transaction of a controller that has disappeared: it may have locked rows of hosts. */
    private static final String ABANDONED = "; set local idle_in_transaction_session_timeout = '10s'";

    private OneStatement() {}

    /** Returns the rows of a statement without parameters; each subscription runs the statement. */
    public static Uni<RowSet<Row>> run(Pool pool, String sql) {
        // one message, whose statements are one transaction; its first answer is that of the setting
        return pool.withConnection(connection ->
                connection.query(LOCK_LIMIT + "; " + sql).execute().map(RowSet::next));
    }

    /** Returns the rows of a statement with these parameters. */
    public static Uni<RowSet<Row>> run(Pool pool, String sql, Tuple values) {
        return after(LOCK_LIMIT, pool, sql, values);
    }

    /** Runs a statement with each of these tuples of parameters, in one transaction. */
    public static Uni<RowSet<Row>> runEach(Pool pool, String sql, List<Tuple> values) {
        return pool.withTransaction(
                connection -> connection.query(LOCK_LIMIT + ABANDONED).execute().chain(() -> connection
                        .preparedQuery(sql)
                        .executeBatch(values)));
    }

    /** Returns the rows; the database ends the statement after that time, also while it waits for a lock. */
    public static Uni<RowSet<Row>> run(Pool pool, String sql, Tuple values, Duration limit) {
        return after("set local statement_timeout = " + limit.toMillis(), pool, sql, values);
    }

    /** The same; the database ends the statement once it has waited for a lock for that time. */
    public static Uni<RowSet<Row>> waiting(Pool pool, String sql, Tuple values, Duration lockLimit) {
        return after("set local lock_timeout = " + lockLimit.toMillis(), pool, sql, values);
    }

    /** A setting within the statement itself would come too late: PostgreSQL locks its tables before it runs it. */
    private static Uni<RowSet<Row>> after(String setting, Pool pool, String sql, Tuple values) {
        return pool.withTransaction(
                connection -> connection.query(setting + ABANDONED).execute().chain(() -> connection
                        .preparedQuery(sql)
                        .execute(values)));
    }
}
