package io.mesosiam.agent.attest;

import java.util.List;

/**
 * Containers by their first processes.
 *
 * @param whole whether every running container is included
 */
public record KnownProcesses(List<KnownProcess> processes, boolean whole) {
    public KnownProcesses {
        processes = List.copyOf(processes);
    }
}
