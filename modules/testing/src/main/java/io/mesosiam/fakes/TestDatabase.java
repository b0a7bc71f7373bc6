package io.mesosiam.fakes;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The database of one test class, dropped when it is closed.
 *
 * <p>{@link #execute} and {@link #query} are for statements of an operator in psql; {@link #pool} is what the
 * controller uses.
 */
public final class TestDatabase implements AutoCloseable {
    private final String host;
    private final int port;
    private final String name;
    private final String user;
    private final String password;
    private final Runnable drop;

    @GuardedBy("this")
    private final List<Pool> pools = new ArrayList<>();

    @GuardedBy("this")
    private @Nullable Connection psql;

    TestDatabase(String host, int port, String name, String user, String password, Runnable drop) {
        this.host = host;
        this.port = port;
        this.name = name;
        this.user = user;
        this.password = password;
        this.drop = drop;
    }

    static String jdbcUrl(String host, int port, String database) {
        return "jdbc:postgresql://" + host + ":" + port + "/" + database;
    }

    public String jdbcUrl() {
        return jdbcUrl(host, port, name);
    }

    public String reactiveUrl() {
        return "postgresql://" + host + ":" + port + "/" + name;
    }

    public String user() {
        return user;
    }

    public String password() {
        return password;
    }

    /** The pool of this database; made at the first call, closed with the database. */
    public synchronized Pool pool() {
        if (pools.isEmpty()) {
            pools.add(newPool());
        }
        return pools.getFirst();
    }

    /** One statement, committed. */
    public synchronized void execute(String sql) {
        try (Statement statement = psql().createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** The first column of every row, as text. */
    public synchronized List<String> query(String sql) {
        try (Statement statement = psql().createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> column = new ArrayList<>();
            while (rows.next()) {
                column.add(rows.getString(1));
            }
            return column;
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** A separate connection, for a test that keeps one open. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), user, password);
    }

    @Override
    public synchronized void close() {
        pools.forEach(Pool::closeAndAwait);
        drop.run(); // ends every connection that is left
    }

    @GuardedBy("this")
    private Connection psql() throws SQLException {
        Connection open = psql;
        if (open == null) {
            open = connect();
            psql = open;
        }
        return open;
    }

    private Pool newPool() {
        PgConnectOptions server =
                PgConnectOptions.fromUri(reactiveUrl()).setUser(user).setPassword(password);
        return new Pool(PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(8))
                .connectingTo(server)
                .build());
    }
}
