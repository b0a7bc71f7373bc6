package io.mesosiam.sandbox;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/**
 * How the story observes the credentials of tasks: through requests of the tasks themselves, or from the lease table if
 * there are no containers.
 */
sealed interface Observation permits TaskObservation, TableObservation {
    /** Waits until each task has an answer, checks it and prints it. */
    void expectRoles(List<String> taskIds, List<String> roles)
            throws IOException, InterruptedException, SQLException, StoryFailure;

    /** Checks that each of the tasks has credentials now. */
    void expectServed(List<String> taskIds, String when)
            throws IOException, InterruptedException, SQLException, StoryFailure;

    /** Checks that a task that has ended soon gets no credentials. */
    void expectEnded(String taskId) throws IOException, InterruptedException, SQLException, StoryFailure;

    /** Whether a task has this role now. */
    boolean holds(String taskId, String role) throws IOException, InterruptedException, SQLException;

    /** The name in {@code arn:aws:iam::ACCOUNT:role/NAME} and {@code arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION}. */
    static String roleName(String arn) {
        String[] parts = arn.split("/", -1);
        return parts.length > 1 ? parts[1] : arn;
    }
}
