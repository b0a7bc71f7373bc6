package io.mesosiam.agent.redirect;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What tells, among the sockets of the host's own network, a task's from the host's. Only the instance metadata service asks: the other
 * addresses are led to the agent for everyone. Containers with a network of their own never come here either, their packets are forwarded.
 */
public sealed interface HostBoundary {
    /**
     * Tasks are what lives in these cgroups and below them: cgroup v2. A socket belongs to the cgroup that its creator was in.
     *
     * @param paths relative to {@code /sys/fs/cgroup}, such as {@code mesos}; a first step {@code unified} is the mount point of a hybrid
     *     host, not a cgroup
     */
    record TaskCgroups(List<String> paths) implements HostBoundary {
        private static final Pattern PATH = Pattern.compile("[A-Za-z0-9_.@:-]+(/[A-Za-z0-9_.@:-]+){0,15}");
        private static final String HYBRID_MOUNT = "unified/";

        public TaskCgroups {
            paths = paths.stream().distinct().sorted().toList();
            if (paths.isEmpty()) {
                throw new IllegalArgumentException("no cgroup: every process would count as the host's");
            }
            for (var path : paths) {
                if (!PATH.matcher(path).matches()
                        || List.of(path.split("/", -1)).contains("..")) {
                    throw new IllegalArgumentException("not a cgroup's path, such as mesos: " + abbreviated(path));
                }
            }
        }

        /** How deep the cgroup lies below its hierarchy's root, the root's children being 1. */
        static int level(String path) {
            return inHierarchy(path).split("/", -1).length;
        }

        /** The path below its hierarchy's root. */
        static String inHierarchy(String path) {
            return path.startsWith(HYBRID_MOUNT) ? path.substring(HYBRID_MOUNT.length()) : path;
        }
    }

    /**
     * Tasks are what carries a net_cls class of this handle: cgroup v1 with Mesos's {@code cgroups/net_cls} isolation.
     *
     * @param handle Mesos's {@code --cgroups_net_cls_primary_handle}, the upper half of each class id
     */
    record TaskClasses(int handle) implements HostBoundary {
        public TaskClasses {
            if (handle < 1 || handle > 0xffff) {
                throw new IllegalArgumentException(
                        "a net_cls primary handle is 0x1 to 0xffff, not 0x%x".formatted(handle));
            }
        }
    }

    /**
     * Tasks are whatever doesn't run as one of these users: all that is left on cgroup v1. Closed by default: with no user, the host's own
     * processes don't reach the metadata service either. A user whom a framework may name for its tasks doesn't belong in here.
     */
    record HostUsers(SortedSet<Integer> uids) implements HostBoundary {
        public HostUsers {
            uids = Collections.unmodifiableSortedSet(new TreeSet<>(uids));
            if (!uids.isEmpty() && uids.first() < 0) {
                throw new IllegalArgumentException("not a user id: " + uids.first());
            }
        }
    }

    private static String abbreviated(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
