package io.mesosiam.agent.redirect;

import io.mesosiam.line.OneLine;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The criterion that distinguishes tasks' sockets from the host's, on the host's own network. It matters only for the
 * instance metadata service: connections to the other addresses are always redirected to the agent. Packets of
 * containers with their own network are forwarded, so the criterion does not apply to them.
 */
public sealed interface HostBoundary {
    /**
     * Tasks are the processes in these cgroups and below them: cgroup v2. A socket belongs to the cgroup of its creator
     * at that time.
     *
     * @param paths relative to {@code /sys/fs/cgroup}, such as {@code mesos}; a first step {@code unified} is the mount
     *     point of a hybrid host, not a cgroup
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
                    throw new IllegalArgumentException("must be a cgroup's path, such as mesos: " + abbreviated(path));
                }
            }
        }

        /** The level of the cgroup; the children of its hierarchy's root have level 1. */
        static int level(String path) {
            return inHierarchy(path).split("/", -1).length;
        }

        /** The path below its hierarchy's root. */
        static String inHierarchy(String path) {
            return path.startsWith(HYBRID_MOUNT) ? path.substring(HYBRID_MOUNT.length()) : path;
        }
    }

    /**
     * Tasks are the sockets with a net_cls class of this handle: cgroup v1 with Mesos's {@code cgroups/net_cls}
     * isolation. Docker's containers have no such class.
     *
     * @param handle Mesos's {@code --cgroups_net_cls_primary_handle}, the upper half of each class id
     */
    record TaskClasses(int handle) implements HostBoundary {
        public TaskClasses {
            if (handle < 1 || handle > 0xffff) {
                throw new IllegalArgumentException("must be a net_cls primary handle, 0x1 to 0xffff");
            }
        }
    }

    /**
     * Tasks are all processes of other users than these, the only possible criterion on cgroup v1 without classes.
     * Closed by default: without a user, the host's own processes don't reach the metadata service either. A user that
     * a framework may set for its tasks must not be listed.
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
        return OneLine.cut(text, 40);
    }
}
