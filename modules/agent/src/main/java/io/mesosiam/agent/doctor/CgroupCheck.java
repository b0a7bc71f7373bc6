package io.mesosiam.agent.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Checks which cgroups this host has, and whether Mesos uses them.
 *
 * @param cgroups their mount point
 */
public record CgroupCheck(Path cgroups, String cgroupsRoot) implements Check {
    @Override
    public List<Finding> findings() {
        boolean v2 = Files.exists(cgroups.resolve("cgroup.controllers"));
        var hierarchy = v2 ? cgroups : cgroups.resolve("freezer");
        if (!Files.isDirectory(hierarchy)) {
            return List.of(Finding.failure(
                    "cgroup",
                    "neither cgroup v2 nor v1's freezer is at " + cgroups + ": no container can be identified",
                    "mount them, and let the agent see the host's"));
        }
        var version = v2 ? "v2" : "v1, containers are identified by the freezer hierarchy";
        return List.of(
                Files.isDirectory(hierarchy.resolve(cgroupsRoot))
                        ? Finding.ok("cgroup", version)
                        : Finding.warning(
                                "cgroup",
                                "%s; there is no %s: no container has run here yet, or Mesos has another root"
                                        .formatted(version, hierarchy.resolve(cgroupsRoot)),
                                "compare MESOS_IAM_AGENT_CGROUPS_ROOT with the Mesos agent's --cgroups_root"));
    }
}
