package io.mesosiam.controller.start;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * Detects a pooler such as pgbouncer in transaction mode: two of its clients get the same server connection one after the
 * other, or one client gets two. PostgreSQL itself, and a pooler in session mode, give each client one of its own.
 */
final class SharedServer {
    /** Other clients of the pooler can take the server connection between two questions, so these are repeated. */
    private static final int ROUNDS = 5;

    private SharedServer() {}

    /**
     * Compares the server connection of an open connection with that of a second one, which holds its own in a transaction.
     *
     * @throws SQLException if the server doesn't answer
     */
    static boolean between(Connection first, String url, Properties login) throws SQLException {
        int own = process(first);
        try (Connection second = DriverManager.getConnection(url, login)) {
            second.setAutoCommit(false);
            for (int round = 0; round < ROUNDS; round++) {
                // asked twice: of two or more idle server connections, a pooler that takes them in turn gives it two
                if (process(second) == own || process(first) != own || process(first) != own) {
                    return true;
                }
                second.rollback();
            }
            return false;
        }
    }

    private static int process(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }
}
