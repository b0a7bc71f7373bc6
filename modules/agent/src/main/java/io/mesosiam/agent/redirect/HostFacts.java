package io.mesosiam.agent.redirect;

import io.mesosiam.agent.redirect.HostBoundary.HostUsers;
import io.mesosiam.agent.redirect.HostBoundary.TaskCgroups;
import io.mesosiam.agent.redirect.HostBoundary.TaskClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The facts about this host on which the rules depend. They are read again for each comparison, since routes change.
 *
 * @param proc mount point of procfs
 * @param cgroups mount point of the cgroup hierarchies
 */
record HostFacts(Path proc, Path cgroups) {
    /** The initial cgroup namespace's inode, PROC_CGROUP_INIT_INO in the kernel's include/linux/proc_ns.h. */
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
                    ipv6());
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
        // Docker's containers on the host's network have no class: they would count as the host
        return settings.netClsHandle().isPresent() && !settings.docker()
                ? new TaskClasses(settings.netClsHandle().getAsInt())
                : new HostUsers(settings.hostUids());
    }

    /** Whether the kernel supports IPv6. */
    boolean ipv6() {
        return Files.exists(proc.resolve("thread-self/net/if_inet6"));
    }

    /** Whether cgroup v2 is the only hierarchy. */
    boolean cgroup2() {
        return Files.exists(cgroups.resolve("cgroup.controllers"));
    }

    /**
     * Whether the agent is in the initial cgroup namespace. In another one, a path refers to a cgroup at a deeper
     * level: a rule about it would never match, and every task would count as the host.
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

    /**
     * The inodes of the cgroups of the boundary. Rules don't match a cgroup that was deleted and recreated, and iptables
     * lists them as before.
     */
    List<Object> inodes(HostBoundary boundary) throws RulesException {
        var inodes = new ArrayList<>();
        try {
            for (var path : boundary instanceof TaskCgroups(var paths) ? paths : List.<String>of()) {
                inodes.add(Files.getAttribute(cgroups.resolve(path), "unix:ino"));
            }
        } catch (IOException e) {
            throw new RulesException("can't read this host's cgroups: " + e.getMessage(), e);
        }
        return inodes;
    }

    /** Creates the cgroup if it does not exist, since a rule needs it; Mesos uses an existing one. False if that fails. */
    private boolean exists(String path) {
        try {
            return Files.isDirectory(Files.createDirectories(cgroups.resolve(path)));
        } catch (IOException e) {
            return false;
        }
    }
}
