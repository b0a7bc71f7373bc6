package io.mesosiam.sandbox;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Access to the database, as an operator has it with psql. */
final class Tables implements AutoCloseable {
    private final Connection connection;

    Tables(String jdbcUrl, String user) throws SQLException {
        this.connection = DriverManager.getConnection(jdbcUrl, user, "");
    }

    /** A row of the lease table, with the columns for people only. */
    record LeaseRow(String id, String taskId, Optional<String> role, String state, Optional<String> reason) {
        boolean live() {
            return state.equals("active") || state.equals("renewing");
        }
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    boolean agentConnected(String mesosAgentId) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select from agent where mesos_agent_id = ? and state = 'connected'")) {
            select.setString(1, mesosAgentId);
            try (ResultSet rows = select.executeQuery()) {
                return rows.next();
            }
        }
    }

    List<LeaseRow> leases() throws SQLException {
        String sql = "select id, task_id, iam_role_arn, state, reason from lease order by created_at, task_id";
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            var leases = new ArrayList<LeaseRow>();
            while (rows.next()) {
                leases.add(new LeaseRow(
                        rows.getString(1),
                        rows.getString(2),
                        Optional.ofNullable(rows.getString(3)),
                        rows.getString(4),
                        Optional.ofNullable(rows.getString(5))));
            }
            return leases;
        }
    }

    /** The lease of a task that is served, if there is one. */
    Optional<LeaseRow> liveLease(String taskId) throws SQLException {
        return leases().stream()
                .filter(lease -> lease.live() && lease.taskId().equals(taskId))
                .findFirst();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
