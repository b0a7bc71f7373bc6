package io.mesosiam.agent.redirect;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the operator says about the redirect.
 *
 * @param port where the agent listens
 * @param taskCgroups cgroups that tasks live in, relative to {@code /sys/fs/cgroup}: Mesos's root, and where the Docker daemon puts its
 *     containers if tasks of its run on the host's network. Used on cgroup v2, and for paths that begin with {@code unified/} on a hybrid host
 * @param netClsHandle on cgroup v1, Mesos's {@code --cgroups_net_cls_primary_handle}
 * @param hostUids on cgroup v1 without that handle, and where the cgroups can't be matched: the users whose processes reach the real metadata
 *     service
 * @param connectionsPerSource how many connections one container, or one user on the host's network, may have open at once; 0 for any number
 * @param translatedSources whether a caller whose source address was translated on this host is attested by the address that it had before
 * @param checkEvery how often the rules are compared with what they should be
 */
public record RedirectSettings(
        int port,
        List<String> taskCgroups,
        OptionalInt netClsHandle,
        SortedSet<Integer> hostUids,
        int connectionsPerSource,
        boolean translatedSources,
        Duration checkEvery) {
    public static final Duration CHECK_EVERY = Duration.ofSeconds(5);

    /** A fifth of what the agent's server admits with its usual heap. */
    public static final int CONNECTIONS_PER_SOURCE = 64;

    public RedirectSettings {
        taskCgroups = new HostBoundary.TaskCgroups(taskCgroups).paths();
        netClsHandle.ifPresent(HostBoundary.TaskClasses::new);
        hostUids = Collections.unmodifiableSortedSet(new TreeSet<>(hostUids));
        if (!checkEvery.isPositive()) {
            throw new IllegalArgumentException("rules are checked every so often, not every " + checkEvery);
        }
    }

    /** The same where the agent listens on another port. */
    RedirectSettings at(int otherPort) {
        return new RedirectSettings(
                otherPort, taskCgroups, netClsHandle, hostUids, connectionsPerSource, translatedSources, checkEvery);
    }

    /** The same with at most so many connections for one source; any number stays any number. */
    public RedirectSettings withConnectionsPerSourceUpTo(int most) {
        return new RedirectSettings(
                port,
                taskCgroups,
                netClsHandle,
                hostUids,
                Math.min(connectionsPerSource, most),
                translatedSources,
                checkEvery);
    }

    /** With Mesos's own defaults: its root cgroup is {@code mesos}, and no user is named. */
    public static RedirectSettings defaults(int port) {
        return new RedirectSettings(
                port,
                List.of("mesos"),
                OptionalInt.empty(),
                new TreeSet<>(Set.of()),
                CONNECTIONS_PER_SOURCE,
                false,
                CHECK_EVERY);
    }
}
