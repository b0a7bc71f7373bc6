package io.mesosiam.agent.attest;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Finds out who is asking from what the kernel says.
 *
 * <ol>
 *   <li><em>Which socket</em> ({@link SocketFinder}). The asking end's socket is looked up by its two ends: in the host's network
 *       namespace, else in those that have the source address. Only the one that made the connection has it; an address alone
 *       proves nothing.
 *   <li><em>Whose socket</em> ({@link SocketOwners}). On cgroups v2 the kernel names the group of the process that made it. On v1,
 *       a namespace with one container and none nested in it is that container's; else the processes of the containers that have
 *       the socket's net_cls class, or without one of all containers in the namespace, are searched for it.
 *   <li><em>Still?</em> The container's first process must be alive with the start time that it had when it was first seen: a
 *       pid, an address or a group that is used again is another container's.
 * </ol>
 *
 * <p>All is tried with the last look at the host first. Anything but a container is decided once more on a look that began after
 * the ask: so a container is known from its first instruction on, and a refusal never rests on an old view.
 */
public final class KernelAttestor implements ContainerAttestor, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(KernelAttestor.class.getName());

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /** Looking takes at most a twentieth of the time. */
    private static final int PAUSE_FACTOR = 20;

    private final Optional<DockerContainers> docker;
    private final Optional<Ancestry> ancestry;
    private final ContainerTable table;
    private final SocketFinder sockets;
    private final SocketOwners owners;
    private final ConnectionEnds ends;
    private final AtomicBoolean awaitsAddresses = new AtomicBoolean();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("mesos-iam-containers").daemon().factory());

    /**
     * @param sources where containers come from besides Mesos's own groups
     * @param listener told of every change, the first look's too
     */
    public KernelAttestor(AttestConfig config, ContainerSources sources, ContainerListener listener) {
        this(config, sources, listener, true);
    }

    /** For the containers in Mesos's own groups alone. */
    KernelAttestor(AttestConfig config, ContainerListener listener) {
        this(config, ContainerSources.NONE, listener, true);
    }

    /**
     * @param netlink false to do without foreign functions even where they work
     */
    KernelAttestor(AttestConfig config, ContainerListener listener, boolean netlink) {
        this(config, ContainerSources.NONE, listener, netlink);
    }

    KernelAttestor(AttestConfig config, ContainerSources sources, ContainerListener listener, boolean netlink) {
        CgroupTree tree = new CgroupTree(config);
        ProcFs proc = new ProcFs(config.proc(), netlink);
        SocketLookups lookups = new SocketLookups(proc, netlink);
        docker = sources.docker().map(daemon -> new DockerContainers(daemon, tree, proc));
        ancestry = sources.processes().map(mesos -> new Ancestry(mesos, proc));
        table = new ContainerTable(
                tree, docker, ancestry, new NetClasses(config), proc, lookups, outsideOfTheLook(listener));
        sockets = new SocketFinder(table.hostSockets());
        ends = new ConnectionEnds(table.hostSockets());
        owners = new SocketOwners(config.version(), tree, proc);
    }

    /** Looks at the host once, so that {@link #running()} is whole from now on, and then regularly. */
    public void start() {
        table.look();
        docker.ifPresent(containers -> {
            containers.awaitNames();
            table.look();
        });
        lookLater(SHORTEST_PAUSE);
    }

    /** Whether a container can be known by the cgroups root: false while the directory does not exist, or never held a cgroup. */
    public boolean cgroupsRootConfirmed() {
        return table.rootConfirmed();
    }

    /** Every container that runs on the host, tasks or not, as of the last look. */
    public Set<Container> running() {
        return table.view().all();
    }

    @Override
    public Attestation attest(Caller caller) {
        long asked = System.nanoTime();
        try {
            Attestation first = decide(caller, table.view(), false);
            if (first instanceof Attestation.Attested) {
                return first;
            }
            return decide(caller, table.viewAfter(asked), true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Attestation.Unknown("interrupted");
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "containers of the host not read reason={0}", e.toString());
            return new Attestation.Unknown("the host's containers can't be read");
        }
    }

    /**
     * By the last look. A container with a network of its own is that network, whatever addresses it takes; on the host's network it is the
     * container where the kernel says which group or class made the socket, else the user.
     */
    @Override
    public CallerSource source(Caller caller) {
        return switch (sockets.find(caller, table.view())) {
            case SocketFinder.Located at -> source(at, table.view());
            case SocketFinder.NotLocated _ -> {
                lookForNewAddresses();
                yield CallerSource.ofAddress(caller.source());
            }
        };
    }

    private static CallerSource source(SocketFinder.Located at, HostView view) {
        if (!at.onHost() && !at.members().isEmpty()) {
            return CallerSource.ofNetwork(at.members().getFirst().namespace());
        }
        Optional<Container> container = at.socket().cgroup().stream()
                .mapToObj(view::containerOfGroup)
                .flatMap(Optional::stream)
                .map(ObservedContainer::container)
                .findFirst()
                .or(() -> firstOfItsClass(at, view));
        return container
                .map(CallerSource::ofContainer)
                .orElseGet(() -> CallerSource.ofUser(at.socket().user()));
    }

    private static Optional<Container> firstOfItsClass(SocketFinder.Located at, HostView view) {
        return at.socket().netClass().stream()
                .mapToObj(view::ofClass)
                .filter(members -> !members.isEmpty())
                .map(members -> members.getFirst().container())
                .findFirst();
    }

    /** A container can take addresses at any time; one look for them is enough for all connections that came before it began. */
    private void lookForNewAddresses() {
        if (awaitsAddresses.compareAndSet(false, true)) {
            try {
                queueLookForAddresses();
            } catch (Throwable e) {
                // else no later connection would cause a look
                awaitsAddresses.set(false);
                throw e;
            }
        }
    }

    private void queueLookForAddresses() {
        onClock(() -> clock.execute(() -> {
            awaitsAddresses.set(false);
            try {
                var ignored = table.viewAfter(System.nanoTime());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                LOG.log(Level.WARNING, "containers of the host not read reason={0}", e.toString());
            }
        }));
    }

    /**
     * Decides on one look.
     *
     * @param newest whether it began after the ask: only then nobody can be missing in it
     */
    private Attestation decide(Caller caller, HostView view, boolean newest) {
        Attestation found =
                switch (sockets.find(caller, view)) {
                    case SocketFinder.Located located -> ofConnection(caller, located, ownerOf(located, view, newest));
                    case SocketFinder.NotLocated not -> not.attestation();
                };
        return newest && view.missing().isPresent() && found instanceof Attestation.NoContainer(String reason)
                ? new Attestation.Unknown(view.missing().get() + ", else: " + reason)
                : found;
    }

    private Attestation ofConnection(Caller caller, SocketFinder.Located at, Attestation owner) {
        return owner instanceof Attestation.Attested attested
                ? ends.objection(caller, at, attested.container()).orElse(owner)
                : owner;
    }

    /**
     * Ancestry, the weaker fact, counts only where the stronger ones name nobody, and not on an old look: the nearest container may have
     * begun since.
     */
    private Attestation ownerOf(SocketFinder.Located at, HostView view, boolean newest) {
        Attestation found = owners.of(at, view);
        return newest && at.onHost() && ancestry.isPresent() && found instanceof Attestation.NoContainer
                ? ancestry.get().of(at, view.forebears())
                : found;
    }

    private void look() {
        Duration pause = LONGEST_PAUSE;
        try {
            pause = pauseAfter(lookNow());
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "containers of the host not read reason={0}", e.toString());
        }
        lookLater(pause);
    }

    /** Looks at the whole host and says how long that took. */
    Duration lookNow() {
        return Duration.ofNanos(table.look());
    }

    static Duration pauseAfter(Duration look) {
        Duration wished = look.multipliedBy(PAUSE_FACTOR);
        if (wished.compareTo(SHORTEST_PAUSE) < 0) {
            return SHORTEST_PAUSE;
        }
        return wished.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wished;
    }

    private void lookLater(Duration pause) {
        onClock(() -> {
            var ignored = clock.schedule(this::look, pause.toNanos(), TimeUnit.NANOSECONDS);
        });
    }

    /** What may wait must not do so within a look. */
    private ContainerListener outsideOfTheLook(ContainerListener listener) {
        return new ContainerListener() {
            @Override
            public void changing(List<Container> started, List<Container> ended) {
                listener.changing(started, ended);
            }

            @Override
            public void changed() {
                onClock(() -> clock.execute(() -> {
                    try {
                        listener.changed();
                    } catch (RuntimeException | Error e) {
                        LOG.log(Level.WARNING, "a listener failed on changed containers", e);
                    }
                }));
            }
        };
    }

    private static void onClock(Runnable task) {
        try {
            task.run();
        } catch (RejectedExecutionException closed) {
            // we are being closed: nobody is interested any more
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        ends.close();
        table.close();
    }
}
