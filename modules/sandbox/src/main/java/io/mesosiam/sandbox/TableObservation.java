package io.mesosiam.sandbox;

import io.mesosiam.sandbox.Tables.LeaseRow;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** Observes the lease table, which is updated a moment after a lease is served. */
record TableObservation(Terminal terminal, Tables tables) implements Observation {
    @Override
    public void expectRoles(List<String> taskIds, List<String> roles)
            throws IOException, InterruptedException, SQLException, StoryFailure {
        for (int i = 0; i < taskIds.size(); i++) {
            String taskId = taskIds.get(i);
            String role = roles.get(i);
            Await.until(taskId + " has a lease for " + role, () -> holds(taskId, role));
            terminal.ok(Terminal.name(taskId) + "lease    " + role);
        }
    }

    @Override
    public void expectServed(List<String> taskIds, String when) throws SQLException, StoryFailure {
        for (String taskId : taskIds) {
            if (tables.liveLease(taskId).isEmpty()) {
                throw new StoryFailure(taskId + " no longer has a lease, " + when);
            }
        }
        terminal.ok("all " + taskIds.size() + " tasks have their leases, " + when);
    }

    @Override
    public void expectEnded(String taskId) throws IOException, InterruptedException, SQLException, StoryFailure {
        Await.until(taskId + " no longer has a lease", () -> tables.liveLease(taskId)
                .isEmpty());
        terminal.ok("the lease of " + taskId + " is reaped");
    }

    @Override
    public boolean holds(String taskId, String role) throws SQLException {
        return tables.liveLease(taskId)
                .flatMap(LeaseRow::role)
                .map(Observation::roleName)
                .filter(role::equals)
                .isPresent();
    }
}
