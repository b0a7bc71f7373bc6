package io.mesosiam.agent.doctor;

import io.mesosiam.agent.mesos.RuntimeDirectory;
import io.mesosiam.reach.FileProblem;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Checks whether the Mesos agent's runtime directory can be read, and only root can write it.
 *
 * @param directory empty if it is not set
 */
public record MesosDirectoryCheck(Optional<RuntimeDirectory> directory) implements Check {
    private static final String CHECK = "mesos";

    @Override
    public List<Finding> findings() {
        if (directory.isEmpty()) {
            return List.of(Finding.warning(
                    CHECK,
                    "its runtime directory is not known: standalone containers get status 503 instead of 403",
                    "set MESOS_IAM_AGENT_MESOS_RUNTIME_DIR to its --runtime_dir, such as /var/run/mesos"));
        }
        try {
            int containers = directory.get().containers().size();
            return List.of(Finding.ok(CHECK, "its runtime directory names " + containers + " containers"));
        } catch (IOException e) {
            return List.of(Finding.warning(
                    CHECK,
                    "its runtime directory is not used: " + FileProblem.describe(e),
                    "let only root write to it and to the directories above it"));
        }
    }
}
