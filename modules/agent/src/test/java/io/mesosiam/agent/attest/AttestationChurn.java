package io.mesosiam.agent.attest;

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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;

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

    private static final Path LAST_PID = Path.of("/proc/sys/kernel/ns_last_pid");

    private final Layout layout;
    private final ContainerLab lab;
    private final Random random;
    private final List<LabNetwork> networks = new ArrayList<>();
    private final Map<String, Running> containers = new HashMap<>();
    private final CopyOnWriteArrayList<Connection> connections = new CopyOnWriteArrayList<>();

    private final List<Long> endedPids = new ArrayList<>();
    private int started;
    private int pidsReused;

    private final LongAdder right = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Map<String, LongAdder> methods = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> refusedAlive = new ConcurrentLinkedQueue<>();

    /** The cgroup layout of the host. */
    enum Layout {
        V1,
        V1_NET_CLS,
        V2;

        ContainerLab open() throws IOException {
            return switch (this) {
                case V1 -> ContainerLab.open(CgroupVersion.V1);
                case V1_NET_CLS -> ContainerLab.openWithNetClasses();
                case V2 -> ContainerLab.open(CgroupVersion.V2);
            };
        }
    }

    /**
     * The results of a run.
     *
     * @param right attested as the container that opened the connection
     * @param refused not attested: its container has ended, two containers hold the connection because a child moved,
     *     or it is the host's
     * @param wrong attested as another container; must be empty
     * @param refusedAlive refused although the container was alive all the time; must be empty
     * @param pidsReused processes with the pid of an ended one
     * @param methods the number of right results by method
     */
    record Tally(
            long right,
            long refused,
            List<String> wrong,
            List<String> refusedAlive,
            int containersStarted,
            int pidsReused,
            Map<String, LongAdder> methods) {
        @Override
        public String toString() {
            return "attestations=" + (right + refused + wrong.size()) + " right=" + right + " refused=" + refused
                    + " wrong="
                    + wrong.size() + " refusedAlive=" + refusedAlive.size() + " containersStarted="
                    + containersStarted + " pidsReused=" + pidsReused + " by=" + methods;
        }
    }

    private record Running(Container container, LabProcess process, LabNetwork network) {
        String agentAddress() {
            return network == null ? "127.0.0.1" : network.hostAddress();
        }
    }

    /**
     * A connection and its permitted owners: several if a process has moved to another container's cgroup, none if the
     * host opened it.
     */
    private static final class Connection {
        private final Caller caller;
        private final Optional<Running> owner;
        private volatile Set<Container> owners;
        private volatile boolean disturbed;

        Connection(Caller caller, Optional<Running> owner) {
            this.caller = caller;
            this.owner = owner;
            this.owners = owner.map(Running::container).map(Set::of).orElse(Set.of());
            this.disturbed = owner.isEmpty();
        }

        boolean isOf(Running one) {
            return owner.equals(Optional.of(one));
        }
    }

    private AttestationChurn(Layout layout, ContainerLab lab, long seed) {
        this.layout = layout;
        this.lab = lab;
        this.random = new Random(seed);
    }

    static Tally run(Layout layout, Duration time, long seed) throws IOException, InterruptedException {
        try (ContainerLab lab = layout.open();
                KernelAttestor attestor = new KernelAttestor(lab.config(), (started, ended) -> {})) {
            return new AttestationChurn(layout, lab, seed).run(attestor, time);
        }
    }

    private Tally run(KernelAttestor attestor, Duration time) throws IOException, InterruptedException {
        for (int i = 0; i < 4; i++) {
            networks.add(lab.network());
        }
        attestor.start();
        long end = System.nanoTime() + time.toNanos();
        try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
            List<Future<?>> attesting = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                long seed = random.nextLong();
                attesting.add(callers.submit(() -> attest(attestor, end, new Random(seed))));
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
        return new Tally(
                right.sum(),
                refused.sum(),
                List.copyOf(wrong),
                List.copyOf(refusedAlive),
                started,
                pidsReused,
                methods);
    }

    private void attest(KernelAttestor attestor, long end, Random own) {
        while (System.nanoTime() - end < 0) {
            Object[] now = connections.toArray();
            if (now.length > 0) {
                Connection connection = (Connection) now[own.nextInt(now.length)];
                check(connection, connection.disturbed, attestor.attest(connection.caller));
            }
        }
    }

    private void check(Connection connection, boolean disturbedBefore, Attestation answer) {
        if (answer instanceof Attestation.Attested attested) {
            if (connection.owners.contains(attested.container())) {
                right.increment();
                methods.computeIfAbsent(attested.by(), first -> new LongAdder()).increment();
            } else {
                wrong.add(connection.owners + " was attested as " + attested);
            }
            return;
        }
        refused.increment();
        if (!disturbedBefore && !connection.disturbed && !(answer instanceof Attestation.Unknown)) {
            refusedAlive.add(connection.owners + ": " + answer);
        }
    }

    /** Makes one random change on the host. */
    private void step() throws IOException {
        int dice = random.nextInt(100);
        if (containers.isEmpty() || dice < 25) {
            start();
            return;
        }
        Running one = pick();
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

    private Running pick() {
        List<Running> all = containers.values().stream()
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
        containers.put(id, new Running(new Container(id, start), process, network));
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

    private void stop(Running one) {
        List<Running> ending = containers.values().stream()
                .filter(c -> c.container().id().equals(one.container().id())
                        || c.container().id().startsWith(one.container().id() + "/"))
                .sorted((x, y) -> y.container().id().compareTo(x.container().id()))
                .toList();
        for (Running ended : ending) {
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

    private void disturb(Running one) {
        connections.stream().filter(c -> c.isOf(one)).forEach(c -> c.disturbed = true);
    }

    private void connect(Running one) {
        if (connections.size() < MAX_CONNECTIONS) {
            one.process().run("exec {fd}<>/dev/tcp/" + one.agentAddress() + "/" + lab.port());
            connections.add(new Connection(lab.accept(), Optional.of(one)));
        }
    }

    /**
     * Opens a connection from this process, which is in no container, with a socket priority that looks like a
     * container's class.
     */
    private void pretend() throws IOException {
        if (connections.size() < MAX_CONNECTIONS) {
            Caller caller = lab.connectFromAgent(InetAddress.getLoopbackAddress(), LOW_DELAY);
            connections.add(new Connection(caller, Optional.empty()));
        }
    }

    /** Forks a child that inherits the connections, then closes them in the parent. */
    private void forkAndLeave(Running one) {
        connect(one);
        long pid = anEndedPid();
        long child = one.process().fork("");
        pidsReused += child == pid ? 1 : 0;
        one.process().run("[ -z \"$fd\" ] || exec {fd}>&-; fd=");
    }

    /**
     * Moves a child with its parent's connections to another container's cgroup, which only root on the host can do.
     */
    private void move(Running one) {
        Running other = pick();
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
        Tally tally = run(layout, time, seed);
        System.out.println(tally);
        tally.wrong().forEach(w -> System.out.println("WRONG " + w));
        tally.refusedAlive().forEach(r -> System.out.println("REFUSED " + r));
        if (!tally.wrong().isEmpty()) {
            throw new AssertionError(Arrays.toString(args) + ": wrong answers");
        }
    }
}
