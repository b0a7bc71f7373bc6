package io.mesosiam.sandbox.cluster;

import java.util.List;

/**
 * Where a task runs.
 *
 * @param container ids from the outermost container inwards
 * @param address the address in its statuses
 * @param executorPid the host's pid of its container's first process
 */
public record Placement(List<String> container, String address, long executorPid) {
    public Placement {
        container = List.copyOf(container);
    }
}
