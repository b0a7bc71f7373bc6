package io.mesosiam.agent.attest;

import java.util.List;

/**
 * Containers by their first processes.
 *
 * @param whole whether no container is missing that runs at this moment
 */
public record KnownProcesses(List<KnownProcess> processes, boolean whole) {
    public KnownProcesses {
        processes = List.copyOf(processes);
    }
}
