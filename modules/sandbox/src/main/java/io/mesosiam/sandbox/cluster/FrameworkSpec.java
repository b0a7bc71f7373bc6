package io.mesosiam.sandbox.cluster;

import java.util.List;

/**
 * A framework as its scheduler subscribes.
 *
 * @param principal empty if there is none: the field is then absent
 * @param partitionAware whether tasks of unreachable Mesos agents become TASK_UNREACHABLE instead of TASK_LOST
 */
public record FrameworkSpec(
        String name, String principal, String user, List<String> roles, boolean checkpoint, boolean partitionAware) {
    public FrameworkSpec {
        roles = List.copyOf(roles);
    }

    public List<String> capabilities() {
        return partitionAware ? List.of("MULTI_ROLE", "TASK_KILLING_STATE", "PARTITION_AWARE") : List.of("MULTI_ROLE");
    }
}
