package io.mesosiam.agent.redirect;

import io.mesosiam.agent.redirect.HostBoundary.HostUsers;
import io.mesosiam.agent.redirect.HostBoundary.TaskCgroups;
import io.mesosiam.agent.redirect.HostBoundary.TaskClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * This host as the rules need to know it; read anew for each comparison, since routes come and go.
 *
 * @param proc where the process file system is mounted
 * @param cgroups where the cgroup hierarchies are mounted
 */
record HostFacts(Path proc, Path cgroups) {
    /** The first cgroup namespace's inode number, PROC_CGROUP_INIT_INO in the kernel's include/linux/proc_ns.h. */
    private static final String FIRST_CGROUP_NAMESPACE = "cgroup:[4026531835]";

    private static final String HYBRID_MOUNT = "unified/";

    static HostFacts here() {
        return new HostFacts(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
    }

    /** The rules that this host should have now. */
    RedirectRules rules(RedirectSettings settings) throws RulesException {
        try {
            return new RedirectRules(
                    settings.port(),
                    boundary(settings),
                    Uplinks.read(proc.resolve("thread-self/net")),
                    settings.connectionsPerSource(),
                    Files.exists(proc.resolve("thread-self/net/if_inet6")));
        } catch (IOException e) {
            throw new RulesException("can't read this host's routes: " + e.getMessage(), e);
        }
    }

    HostBoundary boundary(RedirectSettings settings) {
        boolean matchable =
                cgroup2() || settings.taskCgroups().stream().allMatch(path -> path.startsWith(HYBRID_MOUNT));
        if (matchable) {
            return seesTheHostsCgroups() && settings.taskCgroups().stream().allMatch(this::exists)
                    ? new TaskCgroups(settings.taskCgroups())
                    : new HostUsers(settings.hostUids());
        }
        return settings.netClsHandle().isPresent()
                ? new TaskClasses(settings.netClsHandle().getAsInt())
                : new HostUsers(settings.hostUids());
    }

    /** Whether the one hierarchy of cgroup v2 is all there is. */
    boolean cgroup2() {
        return Files.exists(cgroups.resolve("cgroup.controllers"));
    }

    /**
     * In a cgroup namespace of the agent's own the same path is another cgroup, deeper than it seems: a rule about it would never match, and
     * every task would pass for the host.
     */
    boolean seesTheHostsCgroups() {
        try {
            return Files.readSymbolicLink(proc.resolve("self/ns/cgroup"))
                    .toString()
                    .equals(FIRST_CGROUP_NAMESPACE);
        } catch (IOException e) {
            return false;
        }
    }

    /** A rule needs its cgroup to exist; Mesos takes one that does. */
    private boolean exists(String path) {
        try {
            return Files.isDirectory(Files.createDirectories(cgroups.resolve(path)));
        } catch (IOException e) {
            return false;
        }
    }
}
