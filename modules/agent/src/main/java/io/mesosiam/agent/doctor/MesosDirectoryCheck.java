package io.mesosiam.agent.doctor;

import io.mesosiam.agent.mesos.RuntimeDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Can the Mesos agent's runtime directory be read and believed?
 *
 * @param directory empty if it wasn't named
 */
public record MesosDirectoryCheck(Optional<RuntimeDirectory> directory) implements Check {
    private static final String CHECK = "mesos";

    @Override
    public List<Finding> findings() {
        if (directory.isEmpty()) {
            return List.of(Finding.warning(
                    CHECK,
                    "its runtime directory isn't known: standalone containers are told to try again instead of refused",
                    "set MESOS_IAM_AGENT_MESOS_RUNTIME_DIR to its --runtime_dir, such as /var/run/mesos"));
        }
        try {
            int containers = directory.get().containers().size();
            return List.of(Finding.ok(CHECK, "its runtime directory names " + containers + " containers"));
        } catch (IOException e) {
            return List.of(Finding.warning(
                    CHECK,
                    "its runtime directory isn't believed: " + e.getMessage(),
                    "let nobody but root write to it or to a directory above it"));
        }
    }
}
