package io.mesosiam.agent.redirect;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The settings of the redirect.
 *
 * @param port the agent's port
 * @param taskCgroups cgroups of tasks, relative to {@code /sys/fs/cgroup}: Mesos's root, and the Docker daemon's parent
 *     cgroup if its tasks use the host's network. Used on cgroup v2, and for paths that begin with {@code unified/} on
 *     a hybrid host
 * @param netClsHandle on cgroup v1, Mesos's {@code --cgroups_net_cls_primary_handle}
 * @param docker whether Docker runs tasks. Its containers have no net_cls class, so the handle is not used then
 * @param hostUids on cgroup v1 without a used handle, and if the cgroups can't be matched: the users whose processes
 *     reach the real metadata service
 * @param connectionsPerSource the most connections that one container may have open at once; 0 for no limit
 * @param translatedSources whether a caller whose source address was translated on this host is attested by its
 *     original address
 * @param checkEvery interval of the comparisons of the rules
 */
public record RedirectSettings(
        int port,
        List<String> taskCgroups,
        OptionalInt netClsHandle,
        boolean docker,
        SortedSet<Integer> hostUids,
        int connectionsPerSource,
        boolean translatedSources,
        Duration checkEvery) {
    public static final Duration CHECK_EVERY = Duration.ofSeconds(5);

    /** A fifth of the connections that the agent admits with its usual heap. */
    public static final int CONNECTIONS_PER_SOURCE = 64;

    public RedirectSettings {
        taskCgroups = new HostBoundary.TaskCgroups(taskCgroups).paths();
        netClsHandle.ifPresent(HostBoundary.TaskClasses::new);
        hostUids = Collections.unmodifiableSortedSet(new TreeSet<>(hostUids));
        if (!checkEvery.isPositive()) {
            throw new IllegalArgumentException("the check interval must be positive, is " + checkEvery);
        }
    }

    /** The same with another port of the agent. */
    RedirectSettings at(int otherPort) {
        return new RedirectSettings(
                otherPort,
                taskCgroups,
                netClsHandle,
                docker,
                hostUids,
                connectionsPerSource,
                translatedSources,
                checkEvery);
    }

    /** The same with at most this many connections for one source; no limit stays no limit. */
    public RedirectSettings withConnectionsPerSourceUpTo(int most) {
        return new RedirectSettings(
                port,
                taskCgroups,
                netClsHandle,
                docker,
                hostUids,
                Math.min(connectionsPerSource, most),
                translatedSources,
                checkEvery);
    }

    /** The settings for Mesos's defaults: the root cgroup is {@code mesos}, and no user is named. */
    public static RedirectSettings defaults(int port) {
        return new RedirectSettings(
                port,
                List.of("mesos"),
                OptionalInt.empty(),
                false,
                new TreeSet<>(Set.of()),
                CONNECTIONS_PER_SOURCE,
                false,
                CHECK_EVERY);
    }
}
