package io.mesosiam.sandbox;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** How the story knows what tasks are given: from the tasks themselves, or from the lease table where none can be asked. */
sealed interface Observation permits TaskObservation, TableEvidence {
    /** Waits until each task has an answer, and tells it. */
    void expectRoles(List<String> taskIds, List<String> roles)
            throws IOException, InterruptedException, SQLException, StoryFailure;

    /** Each of the tasks is given something, at this moment. */
    void expectServed(List<String> taskIds, String when)
            throws IOException, InterruptedException, SQLException, StoryFailure;

    /** A task that has ended is given nothing, soon. */
    void expectEnded(String taskId) throws IOException, InterruptedException, SQLException, StoryFailure;

    /** Whether a task is given this role, at this moment. */
    boolean holds(String taskId, String role) throws IOException, InterruptedException, SQLException;

    /** The name in {@code arn:aws:iam::ACCOUNT:role/NAME} and {@code arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION}. */
    static String roleName(String arn) {
        String[] parts = arn.split("/", -1);
        return parts.length > 1 ? parts[1] : arn;
    }
}
