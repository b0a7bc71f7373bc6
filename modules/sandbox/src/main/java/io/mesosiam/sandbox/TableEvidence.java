package io.mesosiam.sandbox;

import io.mesosiam.sandbox.Tables.LeaseRow;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** What the lease table says, a moment behind what is served. */
record TableEvidence(Terminal terminal, Tables tables) implements Observation {
    @Override
    public void expectRoles(List<String> taskIds, List<String> roles)
            throws IOException, InterruptedException, SQLException, StoryFailure {
        for (int i = 0; i < taskIds.size(); i++) {
            String taskId = taskIds.get(i);
            String role = roles.get(i);
            Await.until(taskId + " has a lease for " + role, () -> holds(taskId, role));
            terminal.told(Terminal.name(taskId) + "lease    " + role);
        }
    }

    @Override
    public void expectServed(List<String> taskIds, String when) throws SQLException, StoryFailure {
        for (String taskId : taskIds) {
            if (tables.liveLease(taskId).isEmpty()) {
                throw new StoryFailure(taskId + " has no lease any more, " + when);
            }
        }
        terminal.told("all " + taskIds.size() + " tasks have their leases, " + when);
    }

    @Override
    public void expectEnded(String taskId) throws IOException, InterruptedException, SQLException, StoryFailure {
        Await.until(taskId + " has no lease any more", () -> tables.liveLease(taskId)
                .isEmpty());
        terminal.told("the lease of " + taskId + " is reaped");
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
