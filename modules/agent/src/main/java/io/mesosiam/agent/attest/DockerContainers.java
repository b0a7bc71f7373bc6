package io.mesosiam.agent.attest;

import io.mesosiam.agent.docker.DockerAnswer;
import io.mesosiam.agent.docker.DockerDaemon;
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
 * The containers that Docker runs for Mesos. The kernel says which groups there are; the daemon is asked once for each how it is called,
 * and believed only as far as the kernel agrees: the process that it names as the container's first is in that group, and has the same
 * start before and after that was seen.
 *
 * <p>The daemon is asked by a thread of its own, so that no ask waits for it. What it doesn't answer ends nothing: a container that was
 * named stays one as long as its first process lives in that group.
 */
final class DockerContainers {
    private static final System.Logger LOG = System.getLogger(DockerContainers.class.getName());

    /** Between two questions about one group; each is twice the one before it, since a container may take its time to start. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private static final Duration TOO_LONG_LINES = Duration.ofMinutes(1);

    private final DockerDaemon daemon;
    private final CgroupTree tree;
    private final ProcFs proc;
    private final Map<DockerGroup, Identity> identities = new ConcurrentHashMap<>();
    private final Set<String> ambiguous = new HashSet<>();

    private volatile Thread asking = Thread.ofVirtual().unstarted(() -> {});
    private volatile boolean silent;
    private final AtomicLong tooLong = new AtomicLong();
    private volatile long nextTooLong = System.nanoTime();

    DockerContainers(DockerDaemon daemon, CgroupTree tree, ProcFs proc) {
        this.daemon = daemon;
        this.tree = tree;
        this.proc = proc;
    }

    /** What is known of a group for as long as it is there. */
    private sealed interface Identity {
        /** Nothing yet: to be asked for at a moment of {@link System#nanoTime()}. */
        record Unnamed(long next, Duration pause) implements Identity {
            Unnamed later() {
                Duration twice = pause.multipliedBy(2);
                return new Unnamed(
                        System.nanoTime() + pause.toNanos(),
                        twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice);
            }
        }

        /**
         * One of Mesos's.
         *
         * @param id Mesos's
         */
        record Mesoss(String id, long pid, long startTicks) implements Identity {}

        /** Another container, or another engine's. */
        record Strangers() implements Identity {}
    }

    /**
     * What there is now.
     *
     * @param running without their networks
     * @param whole false while a group that may be one of Mesos's hasn't been named
     */
    record Look(List<ObservedContainer> running, boolean whole) {}

    /** Looks at the groups and has those that are new named. One at a time. */
    Look look() {
        List<DockerGroup> groups = tree.dockerGroups();
        identities.keySet().retainAll(Set.copyOf(groups));
        Map<String, List<ObservedContainer>> running = new HashMap<>();
        Map<DockerGroup, Identity.Unnamed> unnamed = new LinkedHashMap<>();
        for (DockerGroup group : groups) {
            switch (identity(group)) {
                case Identity.Mesoss known ->
                    running.computeIfAbsent(known.id(), first -> new ArrayList<>(1))
                            .add(observed(group, known));
                case Identity.Strangers _ -> {}
                case Identity.Unnamed not -> {
                    if (!tree.processes(containerGroup("", group)).isEmpty()) {
                        unnamed.put(group, not);
                    }
                }
            }
        }
        if (!asking.isAlive()) {
            ask(unnamed);
        }
        return new Look(unambiguous(running), unnamed.isEmpty());
    }

    private Identity identity(DockerGroup group) {
        Identity known = identities.get(group);
        boolean ended = known instanceof Identity.Mesoss mesoss && !proc.isAlive(mesoss.pid(), mesoss.startTicks());
        // a container that has ended may be started again in the same group
        return known == null || ended ? new Identity.Unnamed(System.nanoTime(), FIRST_PAUSE) : known;
    }

    private static ObservedContainer observed(DockerGroup group, Identity.Mesoss known) {
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

    /** Docker gives a name once, so two of one name are a lie of somebody's: neither is believed. */
    private List<ObservedContainer> unambiguous(Map<String, List<ObservedContainer>> running) {
        List<ObservedContainer> alone = new ArrayList<>();
        running.forEach((id, several) -> {
            if (several.size() == 1) {
                alone.add(several.getFirst());
            } else if (ambiguous.add(id)) {
                LOG.log(Level.WARNING, "docker container name is ambiguous, none is served containerId={0}", id);
            }
        });
        ambiguous.retainAll(running.keySet());
        return alone;
    }

    private void ask(Map<DockerGroup, Identity.Unnamed> unnamed) {
        Map<DockerGroup, Identity.Unnamed> due = new LinkedHashMap<>(unnamed);
        due.values().removeIf(not -> System.nanoTime() - not.next() < 0);
        if (!due.isEmpty()) {
            asking = Thread.ofVirtual()
                    .name("docker")
                    .start(() -> due.forEach((group, not) -> identities.put(group, askedOrLater(group, not))));
        }
    }

    /** Waits until the daemon has answered all that it is being asked now, no longer than it has for one answer. */
    void awaitNames() {
        try {
            boolean ignored = asking.isAlive() && asking.join(daemon.limit());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A failure that no code expects, such as no memory for one answer, ends no question about the next groups. */
    private Identity askedOrLater(DockerGroup group, Identity.Unnamed not) {
        try {
            return ask(group, not);
        } catch (RuntimeException | Error e) {
            tellSilence(new DockerAnswer.Failed(
                    "unexpected failure, " + e.getClass().getName()));
            return not.later();
        }
    }

    private Identity ask(DockerGroup group, Identity.Unnamed not) {
        DockerAnswer answer = daemon.inspect(group.dockerId());
        tellSilence(answer);
        return switch (answer) {
            case DockerAnswer.Known(String name, long pid) ->
                ContainerPath.mesosIdOf(name)
                        .map(id -> confirm(group, id, pid)
                                .<Identity>map(confirmed -> confirmed)
                                .orElseGet(not::later))
                        .orElseGet(Identity.Strangers::new);
            case DockerAnswer.NotHere _ -> new Identity.Strangers();
            case DockerAnswer.TooLong(String reason) -> {
                tellTooLong(group, reason);
                yield new Identity.Strangers();
            }
            case DockerAnswer.Failed _ -> not.later();
        };
    }

    /** Empty if the kernel doesn't agree, or not yet: the daemon hears of a first process after its first instruction. */
    private Optional<Identity.Mesoss> confirm(DockerGroup group, String id, long pid) {
        OptionalLong start = pid > 0 ? proc.start(pid) : OptionalLong.empty();
        ContainerGroup claimed = containerGroup(id, group);
        return start.isPresent()
                        && tree.contains(claimed, pid, proc)
                        && tree.isSame(claimed)
                        && proc.isAlive(pid, start.getAsLong())
                ? Optional.of(new Identity.Mesoss(id, pid, start.getAsLong()))
                : Optional.empty();
    }

    /** One line in a minute, since a user can start many such containers. Called by one thread at a time. */
    private void tellTooLong(DockerGroup group, String reason) {
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

    private void tellSilence(DockerAnswer answer) {
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
