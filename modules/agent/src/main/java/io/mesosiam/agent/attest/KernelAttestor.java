package io.mesosiam.agent.attest;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.cgroup.CgroupTree;
import io.mesosiam.agent.cgroup.NetClasses;
import io.mesosiam.agent.proc.ProcFs;
import io.mesosiam.pause.Deadline;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Identifies the container that opened a connection from kernel facts.
 * <ol>
 * <li><em>Which socket</em> ({@link SocketFinder}). The caller's socket is looked up by its two ends: in the host's
 * network namespace, else in those that have the source address. Only the process that opened the connection has this
 * socket; an address alone proves nothing.
 * <li><em>Whose socket</em> ({@link SocketOwners}). On cgroups v2 the kernel reports the cgroup of the process that
 * created it; on v1, {@link SocketMakers} may record it. Otherwise a namespace with one container and no nested
 * ones belongs to that container. Elsewhere a socket without a record belongs to no container if makers are recorded; if
 * not, the processes of the containers with the socket's net_cls class, or without a
 * class those of all containers in the namespace, are searched for it.
 * <li><em>Still alive</em>. The container's first process must be alive with the start time that it had when it was
 * first seen: a reused pid, address or cgroup belongs to another container.
 * </ol>
 *
 * <p>The last scan of the host is tried first. Every result other than a container is decided again on a scan that
 * started after the request. So a container is known from its first instruction on, and a refusal never rests on an old
 * view.
 */
public final class KernelAttestor implements ContainerAttestor, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(KernelAttestor.class.getName());

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /** For the look-up of a connection that was just accepted. Other connections wait for it. */
    private static final Duration LONGEST_LOOK_UP = Duration.ofSeconds(1);

    /** Regular scans take at most a twentieth of the time. */
    private static final int PAUSE_FACTOR = 20;

    private final Optional<DockerContainers> docker;
    private final Optional<Ancestry> ancestry;
    private final ContainerTable table;
    private final SocketFinder sockets;
    private final SocketOwners owners;
    private final ConnectionEnds ends;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("mesos-iam-containers").daemon().factory());

    /**
     * Creates an attestor.
     *
     * @param sources sources of containers other than Mesos's own cgroups
     * @param makers which containers made sockets, if it is recorded; used on cgroups v1
     * @param listener notified of every change, including the first scan's
     */
    public KernelAttestor(
            CgroupConfig config,
            ContainerSources sources,
            Optional<? extends SocketMakers> makers,
            ContainerListener listener) {
        this(config, sources, makers, listener, true);
    }

    /** An attestor for the containers in Mesos's own cgroups only. */
    KernelAttestor(CgroupConfig config, ContainerListener listener) {
        this(config, ContainerSources.NONE, Optional.empty(), listener, true);
    }

    /**
     * Creates an attestor without other sources.
     *
     * @param netlink false to avoid foreign functions even if they are available
     */
    KernelAttestor(CgroupConfig config, ContainerListener listener, boolean netlink) {
        this(config, ContainerSources.NONE, Optional.empty(), listener, netlink);
    }

    KernelAttestor(
            CgroupConfig config,
            ContainerSources sources,
            Optional<? extends SocketMakers> makers,
            ContainerListener listener,
            boolean netlink) {
        CgroupTree tree = new CgroupTree(config);
        ProcFs proc = new ProcFs(config.proc(), netlink);
        SocketLookups lookups = new SocketLookups(proc, config.version(), makers.map(Function.identity()), netlink);
        docker = sources.docker().map(daemon -> new DockerContainers(daemon, tree, proc));
        ancestry = sources.processes().map(mesos -> new Ancestry(mesos, proc));
        table = new ContainerTable(
                new HostScanner(tree, docker, ancestry, new NetClasses(config), proc, lookups),
                proc,
                lookups.ofHost(),
                outsideOfScans(listener),
                clock);
        sockets = new SocketFinder(table.hostSockets());
        ends = new ConnectionEnds(table.hostSockets());
        owners = new SocketOwners(config.version(), tree, proc);
    }

    /** Scans the host once, so that {@link #running()} is complete from now on, and then regularly. */
    public void start() {
        table.scan();
        docker.ifPresent(containers -> {
            containers.awaitNames();
            table.scan();
        });
        scanLater(SHORTEST_PAUSE);
    }

    /**
     * Whether containers can be identified by the cgroups root: false while the directory does not exist, or has never
     * held a cgroup.
     */
    public boolean cgroupsRootConfirmed() {
        return table.rootConfirmed();
    }

    /** Every container that runs on the host, tasks or not, as of the last scan. */
    public Set<Container> running() {
        return table.view().all();
    }

    /**
     * The container that has a cgroup, as of the last scan.
     *
     * @param group the inode of its directory
     */
    public Optional<Container> inGroup(long group) {
        return table.view().containerOfGroup(group).map(ObservedContainer::container);
    }

    @Override
    public Attestation attest(Caller caller, Deadline deadline) {
        long start = System.nanoTime();
        try {
            Optional<Attestation.Attested> accepted =
                    caller.maker().filter(made -> owners.isAlive(made.container(), table.view()));
            if (accepted.isPresent()) {
                return accepted.get();
            }
            Attestation first = decide(caller, table.view(), false, deadline);
            if (first instanceof Attestation.Attested || first instanceof Attestation.Unrecorded) {
                return first;
            }
            return decide(caller, table.viewAfter(start, deadline), true, deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Attestation.Unknown("interrupted");
        } catch (TimeoutException e) {
            return new Attestation.Unknown("the host's containers were not read in time");
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "containers of the host not read reason={0}", e.toString());
            return new Attestation.Unknown("the host's containers can't be read");
        }
    }

    /**
     * The source by the last scan. For a container with its own network it is that network, whatever addresses it
     * takes. On the host's network it is the container, if the kernel reports the cgroup or class that created the
     * socket, else the user.
     */
    @Override
    public CallerSource source(Caller caller) {
        return switch (sockets.findAccepted(caller, table.view(), Deadline.in(LONGEST_LOOK_UP))) {
            case SocketFinder.Located at -> source(at, table.view());
            case SocketFinder.Reset() -> CallerSource.RESET;
            case SocketFinder.NotLocated _ -> {
                scanForNewAddresses();
                yield CallerSource.ofAddress(caller.source());
            }
        };
    }

    @Override
    public Optional<CallerSource> sourceAtOnce(Caller caller) {
        return sockets.readsFiles(caller, table.view()) ? Optional.empty() : Optional.of(source(caller));
    }

    @Override
    public Optional<Attestation.Attested> attestAtOnce(Caller caller) {
        return caller.maker().filter(made -> owners.isHeldAlive(made.container(), table.view()));
    }

    private CallerSource source(SocketFinder.Located at, HostView view) {
        if (!at.onHost() && !at.members().isEmpty()) {
            return CallerSource.ofNetwork(at.members());
        }
        return counted(at, view).madeBy(at.onHost() ? owners.makerOf(at.socket(), view) : Optional.empty());
    }

    private static CallerSource counted(SocketFinder.Located at, HostView view) {
        OptionalLong group = at.socket().cgroup();
        Optional<ObservedContainer> made =
                group.isPresent() ? view.containerOfGroup(group.getAsLong()) : Optional.empty();
        return made.or(() -> firstOfItsClass(at, view))
                .map(seen -> CallerSource.ofContainer(seen.container()))
                .orElseGet(() -> CallerSource.ofUser(at.socket().user()));
    }

    private static Optional<ObservedContainer> firstOfItsClass(SocketFinder.Located at, HostView view) {
        OptionalLong netClass = at.socket().netClass();
        return netClass.isPresent()
                ? view.ofClass(netClass.getAsLong()).stream().findFirst()
                : Optional.empty();
    }

    /** Scans for new addresses, since a container can take addresses at any time. */
    private void scanForNewAddresses() {
        onClock(() -> {
            var ignored = table.nextView();
        });
    }

    /**
     * Decides on one scan.
     *
     * @param newest whether it started after the request; only then no container can be missing in it
     */
    private Attestation decide(Caller caller, HostView view, boolean newest, Deadline deadline) {
        Attestation found =
                switch (sockets.find(caller, view, deadline)) {
                    case SocketFinder.Located located ->
                        ofConnection(caller, located, ownerOf(located, view, newest, deadline), deadline);
                    case SocketFinder.Reset() -> new Attestation.Unknown("the caller has reset the connection");
                    case SocketFinder.NotLocated not -> not.attestation().get();
                };
        return newest && view.missing().isPresent() && found instanceof Attestation.NoContainer(String reason)
                ? new Attestation.Unknown(view.missing().get() + ", else: " + reason)
                : found;
    }

    private Attestation ofConnection(Caller caller, SocketFinder.Located at, Attestation owner, Deadline deadline) {
        return owner instanceof Attestation.Attested attested
                ? ends.objection(caller, at, attested.container(), deadline).orElse(owner)
                : owner;
    }

    /**
     * The socket's owner. Ancestry, the weaker fact, counts only if the stronger ones find no container, and not on an
     * old scan: the nearest container may have started since.
     */
    private Attestation ownerOf(SocketFinder.Located at, HostView view, boolean newest, Deadline deadline) {
        Attestation found = owners.of(at, view, deadline);
        return newest && at.onHost() && ancestry.isPresent() && found instanceof Attestation.NoContainer
                ? ancestry.get().of(at, view, deadline)
                : found;
    }

    private void scan() {
        Duration pause = LONGEST_PAUSE;
        try {
            pause = pauseAfter(scanNow());
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "containers of the host not read reason={0}", e.toString());
        }
        scanLater(pause);
    }

    /** Scans the whole host and returns the duration. */
    Duration scanNow() {
        return Duration.ofNanos(table.scan());
    }

    static Duration pauseAfter(Duration scan) {
        Duration wanted = scan.multipliedBy(PAUSE_FACTOR);
        if (wanted.compareTo(SHORTEST_PAUSE) < 0) {
            return SHORTEST_PAUSE;
        }
        return wanted.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wanted;
    }

    private void scanLater(Duration pause) {
        onClock(() -> {
            var ignored = clock.schedule(this::scan, pause.toNanos(), TimeUnit.NANOSECONDS);
        });
    }

    /** Wraps the listener so that {@code changed} is called outside of scans, since it may wait. */
    private ContainerListener outsideOfScans(ContainerListener listener) {
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
                        LOG.log(Level.WARNING, "listener failed on changed containers", e);
                    }
                }));
            }
        };
    }

    private static void onClock(Runnable task) {
        try {
            task.run();
        } catch (RejectedExecutionException closed) {
            // the attestor is being closed
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
        ends.close();
        table.close();
    }
}
