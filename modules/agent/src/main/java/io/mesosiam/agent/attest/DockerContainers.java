package io.mesosiam.agent.attest;

import io.mesosiam.agent.cgroup.CgroupTree;
import io.mesosiam.agent.cgroup.ContainerGroup;
import io.mesosiam.agent.cgroup.ContainerPath;
import io.mesosiam.agent.cgroup.DockerGroup;
import io.mesosiam.agent.docker.DockerAnswer;
import io.mesosiam.agent.docker.DockerDaemon;
import io.mesosiam.agent.proc.ProcFs;
import io.mesosiam.pause.Doubling;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The containers that Docker runs for Mesos. The kernel lists the cgroups. The daemon is queried once for the name of
 * each, and its answer counts only if the kernel confirms it: the process that it reports as the container's first is
 * in that cgroup, with the same start time before and after that check.
 *
 * <p>A separate thread queries the daemon, so that no request waits for it. A missing answer ends nothing: a named
 * container exists as long as its first process is in that cgroup.
 */
final class DockerContainers {
    private static final System.Logger LOG = System.getLogger(DockerContainers.class.getName());

    /**
     * The pause between two queries about one cgroup. It doubles each time, since a container may take time to start.
     */
    private static final Doubling PAUSES = new Doubling(Duration.ofMillis(50), Duration.ofSeconds(10));

    private static final Duration TOO_LONG_LINES = Duration.ofMinutes(1);

    private final DockerDaemon daemon;
    private final CgroupTree tree;
    private final ProcFs proc;
    private final Map<DockerGroup, Identity> identities = new ConcurrentHashMap<>();
    private final Set<String> ambiguous = new HashSet<>();

    private volatile Thread queries = Thread.ofVirtual().unstarted(() -> {});
    private volatile boolean silent;
    private final AtomicLong tooLong = new AtomicLong();
    private volatile long nextTooLong = System.nanoTime();

    DockerContainers(DockerDaemon daemon, CgroupTree tree, ProcFs proc) {
        this.daemon = daemon;
        this.tree = tree;
        this.proc = proc;
    }

    /** What is known about a cgroup while it exists. */
    private sealed interface Identity {
        /** Unknown so far. The next query is due at a moment of {@link System#nanoTime()}. */
        record Unnamed(long next, Duration pause) implements Identity {
            Unnamed later() {
                return new Unnamed(System.nanoTime() + pause.toNanos(), PAUSES.next(pause));
            }
        }

        /**
         * A container of Mesos.
         *
         * @param id the id in Mesos
         */
        record OfMesos(String id, long pid, long startTicks) implements Identity {}

        /** A container that is not Mesos's, or another engine's. */
        record NotOfMesos() implements Identity {}
    }

    /**
     * The result of one scan.
     *
     * @param running the containers, without their networks
     * @param whole false while a cgroup that may be a container of Mesos has no name yet
     */
    record Scan(List<ObservedContainer> running, boolean whole) {}

    /** Scans the cgroups and starts queries for new ones. One thread at a time. */
    Scan scan() {
        List<DockerGroup> groups = tree.dockerGroups();
        identities.keySet().retainAll(Set.copyOf(groups));
        Map<String, List<ObservedContainer>> running = new HashMap<>();
        Map<DockerGroup, Identity.Unnamed> unnamed = new LinkedHashMap<>();
        for (DockerGroup group : groups) {
            switch (identity(group)) {
                case Identity.OfMesos known ->
                    running.computeIfAbsent(known.id(), first -> new ArrayList<>(1))
                            .add(observed(group, known));
                case Identity.NotOfMesos _ -> {}
                case Identity.Unnamed not -> {
                    if (tree.processes(containerGroup("", group), HostScanner.MOST_PROCESSES).length > 0) {
                        unnamed.put(group, not);
                    }
                }
            }
        }
        if (!queries.isAlive()) {
            query(unnamed);
        }
        return new Scan(unambiguous(running), unnamed.isEmpty() && groups.size() < CgroupTree.MAX_CONTAINERS);
    }

    private Identity identity(DockerGroup group) {
        Identity known = identities.get(group);
        boolean ended = known instanceof Identity.OfMesos mesoss && proc.hasEnded(mesoss.pid(), mesoss.startTicks());
        // a container that has ended may be started again in the same cgroup
        return known == null || ended ? new Identity.Unnamed(System.nanoTime(), PAUSES.first()) : known;
    }

    private static ObservedContainer observed(DockerGroup group, Identity.OfMesos known) {
        return new ObservedContainer(
                new Container(known.id(), known.startTicks()),
                containerGroup(known.id(), group),
                known.pid(),
                0,
                OptionalLong.empty());
    }

    private static ContainerGroup containerGroup(String id, DockerGroup group) {
        return new ContainerGroup(id, group.directory(), group.directory(), group.inode());
    }

    /** Removes containers that share a name. Docker never gives a name twice, so one of the two is false. */
    private List<ObservedContainer> unambiguous(Map<String, List<ObservedContainer>> running) {
        List<ObservedContainer> alone = new ArrayList<>();
        running.forEach((id, several) -> {
            if (several.size() == 1) {
                alone.add(several.getFirst());
            } else if (ambiguous.add(id)) {
                LOG.log(
                        Level.WARNING,
                        "ambiguous docker container name, its containers are not served containerId={0}",
                        id);
            }
        });
        ambiguous.retainAll(running.keySet());
        return alone;
    }

    private void query(Map<DockerGroup, Identity.Unnamed> unnamed) {
        Map<DockerGroup, Identity.Unnamed> due = new LinkedHashMap<>(unnamed);
        due.values().removeIf(not -> System.nanoTime() - not.next() < 0);
        if (!due.isEmpty()) {
            queries = Thread.ofVirtual()
                    .name("docker")
                    .start(() -> due.forEach((group, not) -> identities.put(group, queryOrRetry(group, not))));
        }
    }

    /** Waits until the daemon has answered all pending queries, at most the time limit of one answer. */
    void awaitNames() {
        try {
            boolean ignored = queries.isAlive() && queries.join(daemon.limit());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Queries the daemon. An unexpected failure, such as too little memory for one answer, does not stop the queries
     * about the next cgroups.
     */
    private Identity queryOrRetry(DockerGroup group, Identity.Unnamed not) {
        try {
            return query(group, not);
        } catch (RuntimeException | Error e) {
            logAvailability(new DockerAnswer.Failed(
                    "unexpected failure, " + e.getClass().getName()));
            return not.later();
        }
    }

    private Identity query(DockerGroup group, Identity.Unnamed not) {
        DockerAnswer answer = daemon.inspect(group.dockerId());
        logAvailability(answer);
        return switch (answer) {
            case DockerAnswer.Known(String name, long pid) ->
                ContainerPath.mesosIdOf(name)
                        .map(id -> confirm(group, id, pid)
                                .<Identity>map(confirmed -> confirmed)
                                .orElseGet(not::later))
                        .orElseGet(Identity.NotOfMesos::new);
            case DockerAnswer.NotHere _ -> new Identity.NotOfMesos();
            case DockerAnswer.TooLong(String reason) -> {
                logTooLong(group, reason);
                yield new Identity.NotOfMesos();
            }
            case DockerAnswer.Failed _ -> not.later();
        };
    }

    /**
     * The container, if the kernel confirms it. It may not do so yet: the daemon learns the first process after its
     * first instruction.
     */
    private Optional<Identity.OfMesos> confirm(DockerGroup group, String id, long pid) {
        OptionalLong start = pid > 0 ? proc.start(pid) : OptionalLong.empty();
        ContainerGroup claimed = containerGroup(id, group);
        return start.isPresent()
                        && tree.contains(claimed, pid, proc)
                        && tree.isSame(claimed)
                        && proc.isAlive(pid, start.getAsLong())
                ? Optional.of(new Identity.OfMesos(id, pid, start.getAsLong()))
                : Optional.empty();
    }

    /** At most one line a minute, since a user can start many such containers. Called by one thread at a time. */
    private void logTooLong(DockerGroup group, String reason) {
        long total = tooLong.incrementAndGet();
        if (System.nanoTime() - nextTooLong >= 0) {
            nextTooLong = System.nanoTime() + TOO_LONG_LINES.toNanos();
            LOG.log(
                    Level.WARNING,
                    "docker container is not served dockerId={0} reason={1} total={2,number,#}",
                    group.dockerId(),
                    reason,
                    total);
        }
    }

    private void logAvailability(DockerAnswer answer) {
        boolean now = answer instanceof DockerAnswer.Failed;
        if (now != silent) {
            silent = now;
            if (answer instanceof DockerAnswer.Failed(String reason)) {
                LOG.log(Level.WARNING, "docker daemon does not answer, new containers wait reason={0}", reason);
            } else {
                LOG.log(Level.INFO, "docker daemon answers again");
            }
        }
    }
}
