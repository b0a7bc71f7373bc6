package io.mesosiam.agent.attest;

import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.maker.RecordedMakers;
import io.mesosiam.agent.proc.ProcFs;
import io.mesosiam.pause.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Containers start, end, nest and fork, and processes change cgroups, during many concurrent attestations. None may be
 * attested as another container.
 *
 * <p>Ids, addresses, pids, cgroups and classes are reused on purpose, connections outlive their containers, and host
 * processes connect too, with a priority that looks like a class. As a program it takes the layout, the minutes and the
 * seed: {@code AttestationChurn V1_NET_CLS 10 42}.
 */
final class AttestationChurn {
    private static final int CALLERS = 8;
    private static final int MAX_CONTAINERS = 14;
    private static final int MAX_CONNECTIONS = 60;
    private static final String[] IDS = {"a", "b", "c", "d", "e"};

    /** A class that every process can pretend to have, by a type of service that sets this priority. */
    private static final long CLASS_LIKE_A_PRIORITY = 6;

    private static final int LOW_DELAY = 0x10;

    /** Nanoseconds. */
    private static final int MOST_OF_A_SHORT_ONE = 2_000_000;

    private static final Path LAST_PID = Path.of("/proc/sys/kernel/ns_last_pid");

    private final Layout layout;
    private final ContainerLab lab;
    private final KernelAttestor attestor;
    private final Random random;
    private final List<LabNetwork> networks = new ArrayList<>();
    private final Map<String, ChurnContainer> containers = new HashMap<>();
    private final CopyOnWriteArrayList<ChurnConnection> connections = new CopyOnWriteArrayList<>();

    private final List<Long> endedPids = new ArrayList<>();
    private int started;
    private int pidsReused;

    private final ChurnAnswers answers = new ChurnAnswers();

    /** The cgroup layout of the host. */
    enum Layout {
        V1,
        V1_NET_CLS,
        V1_MAKERS,
        V2;

        ContainerLab open() throws IOException {
            return switch (this) {
                case V1, V1_MAKERS -> ContainerLab.open(CgroupVersion.V1);
                case V1_NET_CLS -> ContainerLab.openWithNetClasses();
                case V2 -> ContainerLab.open(CgroupVersion.V2);
            };
        }
    }

    private AttestationChurn(Layout layout, ContainerLab lab, KernelAttestor attestor, long seed) {
        this.layout = layout;
        this.lab = lab;
        this.attestor = attestor;
        this.random = new Random(seed);
    }

    static ChurnAnswers.Tally run(Layout layout, Duration time, long seed) throws IOException, InterruptedException {
        try (ContainerLab lab = layout.open()) {
            if (layout == Layout.V1_MAKERS) {
                try (RecordedMakers makers = lab.makers()) {
                    return run(layout, lab, Optional.of(makers), time, seed);
                }
            }
            return run(layout, lab, Optional.empty(), time, seed);
        }
    }

    private static ChurnAnswers.Tally run(
            Layout layout, ContainerLab lab, Optional<RecordedMakers> makers, Duration time, long seed)
            throws IOException, InterruptedException {
        try (KernelAttestor attestor =
                new KernelAttestor(lab.config(), ContainerSources.NONE, makers, (started, ended) -> {})) {
            return new AttestationChurn(layout, lab, attestor, seed).run(time);
        }
    }

    private ChurnAnswers.Tally run(Duration time) throws IOException, InterruptedException {
        IntStream.range(0, 4).forEach(_ -> networks.add(lab.network()));
        attestor.start();
        long end = System.nanoTime() + time.toNanos();
        try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
            List<Future<?>> attesting = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                long seed = random.nextLong();
                attesting.add(callers.submit(() -> attest(end, new Random(seed))));
            }
            while (System.nanoTime() - end < 0) {
                step();
            }
            for (Future<?> task : attesting) {
                task.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        return answers.tally(started, pidsReused);
    }

    private void attest(long end, Random own) {
        while (System.nanoTime() - end < 0) {
            Object[] now = connections.toArray();
            if (now.length > 0) {
                ChurnConnection connection = (ChurnConnection) now[own.nextInt(now.length)];
                answers.check(
                        connection,
                        connection.disturbed,
                        connection.attest(attestor, own.nextBoolean(), deadline(own)));
            }
        }
    }

    /** Every fourth attestation is cut short, somewhere within the time that it usually takes. */
    private static Deadline deadline(Random own) {
        return own.nextInt(4) > 0 ? Deadlines.ample() : Deadline.in(Duration.ofNanos(own.nextInt(MOST_OF_A_SHORT_ONE)));
    }

    /** Makes one random change on the host. */
    private void step() throws IOException {
        int dice = random.nextInt(100);
        if (containers.isEmpty() || dice < 25) {
            start();
            return;
        }
        ChurnContainer one = pick();
        if (dice < 40) {
            stop(one);
        } else if (dice < 80) {
            connect(one);
        } else if (dice < 88) {
            forkAndLeave(one);
        } else if (dice < 92) {
            move(one);
        } else if (dice < 95) {
            pretend();
        } else {
            forget();
        }
    }

    private ChurnContainer pick() {
        List<ChurnContainer> all = containers.values().stream()
                .sorted((x, y) -> x.container().id().compareTo(y.container().id()))
                .toList();
        return all.get(random.nextInt(all.size()));
    }

    private void start() {
        if (containers.size() >= MAX_CONTAINERS) {
            return;
        }
        String id = IDS[random.nextInt(IDS.length)];
        LabNetwork network = null;
        if (containers.containsKey(id)) {
            network = containers.get(id).network();
            id = id + "/" + IDS[random.nextInt(IDS.length)];
            if (containers.containsKey(id)) {
                return;
            }
        } else if (random.nextBoolean()) {
            network = freeNetwork();
        }
        long pid = anEndedPid();
        LabProcess process = network == null ? lab.container(id) : lab.container(id, network);
        pidsReused += process.pid() == pid ? 1 : 0;
        if (layout == Layout.V1_NET_CLS && !id.contains("/") && random.nextInt(4) == 0) {
            lab.setClass(id, CLASS_LIKE_A_PRIORITY);
        }
        long start = new ProcFs(Path.of("/proc")).start(process.pid()).orElseThrow();
        containers.put(id, new ChurnContainer(new Container(id, start), process, network));
        started++;
    }

    /**
     * Makes the kernel give the next process the pid of an ended one, if that pid is free and no other program starts a
     * process now.
     */
    private long anEndedPid() {
        if (endedPids.isEmpty() || !Files.isWritable(LAST_PID)) {
            return 0;
        }
        long pid = endedPids.remove(random.nextInt(endedPids.size()));
        try {
            Files.writeString(LAST_PID, Long.toString(pid - 1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pid;
    }

    /** A free namespace: Mesos gives a namespace to one container and to those nested in it. */
    private LabNetwork freeNetwork() {
        List<LabNetwork> free = networks.stream()
                .filter(network -> containers.values().stream().noneMatch(c -> network.equals(c.network())))
                .toList();
        return free.isEmpty() ? null : free.get(random.nextInt(free.size()));
    }

    private void stop(ChurnContainer one) {
        List<ChurnContainer> ending = containers.values().stream()
                .filter(c -> c.container().id().equals(one.container().id())
                        || c.container().id().startsWith(one.container().id() + "/"))
                .sorted((x, y) -> y.container().id().compareTo(x.container().id()))
                .toList();
        for (ChurnContainer ended : ending) {
            disturb(ended);
            containers.remove(ended.container().id());
            // the first process last: the rest without it counts as another container, and the expected owner would be
            // wrong
            lab.killAllBut(ended.process().pid(), ended.container().id());
            ended.process().close();
            endedPids.add(ended.process().pid());
            if (random.nextBoolean()) {
                lab.removeGroup(ended.container().id());
            }
        }
    }

    private void disturb(ChurnContainer one) {
        connections.stream().filter(c -> c.isOf(one)).forEach(c -> c.disturbed = true);
    }

    private void connect(ChurnContainer one) {
        if (connections.size() < MAX_CONNECTIONS) {
            one.process().run("exec {fd}<>/dev/tcp/" + one.agentAddress() + "/" + lab.port());
            connections.add(new ChurnConnection(lab.accepted(), one, attestor));
        }
    }

    /**
     * Opens a connection from this process, which is in no container, with a socket priority that looks like a
     * container's class.
     */
    private void pretend() throws IOException {
        if (connections.size() < MAX_CONNECTIONS) {
            Caller caller = lab.connectFromAgent(InetAddress.getLoopbackAddress(), LOW_DELAY);
            connections.add(new ChurnConnection(caller, attestor));
        }
    }

    /** Forks a child that inherits the connections, then closes them in the parent. */
    private void forkAndLeave(ChurnContainer one) {
        connect(one);
        long pid = anEndedPid();
        long child = one.process().fork("");
        pidsReused += child == pid ? 1 : 0;
        one.process().run("[ -z \"$fd\" ] || exec {fd}>&-; fd=");
    }

    /**
     * Moves a child with its parent's connections to another container's cgroup, which only root on the host can do.
     */
    private void move(ChurnContainer one) {
        ChurnContainer other = pick();
        connections.stream().filter(c -> c.isOf(one)).forEach(c -> {
            c.disturbed = true;
            Set<Container> both = new HashSet<>(c.owners);
            both.add(other.container());
            c.owners = Set.copyOf(both);
        });
        one.process().fork(lab.joining("$BASHPID", other.container().id()) + ";");
    }

    private void forget() {
        connections.removeIf(connection -> random.nextInt(connection.disturbed ? 2 : 8) == 0);
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Layout layout = Layout.valueOf(args.length > 0 ? args[0] : "V1");
        Duration time = Duration.ofMinutes(args.length > 1 ? Long.parseLong(args[1]) : 5);
        long seed = args.length > 2 ? Long.parseLong(args[2]) : System.nanoTime();
        System.out.println("layout=" + layout + " minutes=" + time.toMinutes() + " seed=" + seed);
        ChurnAnswers.Tally tally = run(layout, time, seed);
        System.out.println(tally);
        tally.wrong().forEach(w -> System.out.println("WRONG " + w));
        tally.refusedAlive().forEach(r -> System.out.println("REFUSED " + r));
        if (!tally.wrong().isEmpty()) {
            throw new AssertionError(Arrays.toString(args) + ": wrong answers");
        }
    }
}
