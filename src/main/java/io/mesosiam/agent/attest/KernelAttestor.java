package io.mesosiam.agent.attest;

import io.mesosiam.agent.docker.DockerDaemon;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

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
    private final ContainerTable table;
    private final SocketFinder sockets;
    private final SocketOwners owners;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("mesos-iam-containers").daemon().factory());

    /**
     * @param docker the daemon that names Docker's containers; without, they are no containers of Mesos's
     * @param listener told of every change, the first look's too
     */
    public KernelAttestor(AttestConfig config, Optional<DockerDaemon> docker, ContainerListener listener) {
        this(config, docker, listener, true);
    }

    /** Without Docker. */
    KernelAttestor(AttestConfig config, ContainerListener listener) {
        this(config, Optional.empty(), listener, true);
    }

    /**
     * @param netlink false to do without foreign functions even where they work
     */
    KernelAttestor(AttestConfig config, ContainerListener listener, boolean netlink) {
        this(config, Optional.empty(), listener, netlink);
    }

    KernelAttestor(AttestConfig config, Optional<DockerDaemon> docker, ContainerListener listener, boolean netlink) {
        CgroupTree tree = new CgroupTree(config);
        ProcFs proc = new ProcFs(config.proc(), netlink);
        SocketLookups lookups = new SocketLookups(proc, netlink);
        this.docker = docker.map(daemon -> new DockerContainers(daemon, tree, proc));
        table = new ContainerTable(
                tree, this.docker, new NetClasses(config), proc, lookups, outsideOfTheLook(listener));
        sockets = new SocketFinder(table.hostSockets(), config.destinations());
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

    /** Every container that runs on the host, tasks or not, as of the last look. */
    public Set<Container> running() {
        return table.view().all();
    }

    @Override
    public Attestation attest(Caller caller) {
        long asked = System.nanoTime();
        Attestation first = decide(caller, table.view());
        if (first instanceof Attestation.Attested) {
            return first;
        }
        try {
            return decideFinally(caller, table.viewAfter(asked));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Attestation.Unknown("interrupted");
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "can not look at the host''s containers: reason={0}", e.toString());
            return new Attestation.Unknown("the host's containers can't be read");
        }
    }

    private Attestation decideFinally(Caller caller, HostView view) {
        Attestation last = decide(caller, view);
        return last instanceof Attestation.NoContainer(String reason) && !view.whole()
                ? new Attestation.Unknown("a container of Docker's has no name yet, else: " + reason)
                : last;
    }

    private Attestation decide(Caller caller, HostView view) {
        return switch (sockets.find(caller, view)) {
            case SocketFinder.Located located -> owners.of(located, view);
            case SocketFinder.NotLocated not -> not.attestation();
        };
    }

    private void look() {
        Duration pause = LONGEST_PAUSE;
        try {
            pause = pauseAfter(lookNow());
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "can not look at the host''s containers: reason={0}", e.toString());
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
                    } catch (RuntimeException e) {
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
        table.close();
    }
}
