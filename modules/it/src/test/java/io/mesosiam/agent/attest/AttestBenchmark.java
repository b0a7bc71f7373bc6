package io.mesosiam.agent.attest;

import io.mesosiam.agent.attest.AttestationChurn.Layout;
import io.mesosiam.agent.maker.RecordedMakers;
import io.mesosiam.pause.Deadline;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Measures the cost of one attestation, by method, with a growing number of containers and sockets. Prints a table for
 * docs/attestation.md. Arguments: number of warm-up and of measured attestations, and a part of the name of the
 * methods: {@code AttestBenchmark 1000 2000 net_cls}.
 */
final class AttestBenchmark {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int PROCESSES_PER_CONTAINER = 2;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** For methods whose attestation or preparation takes milliseconds. */
    private static final int FEW = 300;

    private static final int[] CONTAINERS = {10, 100, 1000};
    private static final int[] SOCKETS = {100, 10_000};

    private final int warmUp;
    private final int measured;

    private AttestBenchmark(int warmUp, int measured) {
        this.warmUp = warmUp;
        this.measured = measured;
    }

    /**
     * How a container is identified, and the input for it.
     *
     * @param newConnections whether each request uses a new connection
     */
    private record Method(
            String name, Layout layout, String by, boolean netlink, boolean ownNetwork, boolean newConnections) {}

    private static final List<Method> METHODS = List.of(
            new Method("v2, cgroup id", Layout.V2, "cgroup-v2", true, false, false),
            new Method(
                    "v1, recorded maker, first ask of a connection",
                    Layout.V1_MAKERS,
                    "socket-maker",
                    true,
                    false,
                    true),
            new Method("v1, recorded maker, later asks", Layout.V1_MAKERS, "socket-maker", true, false, false),
            new Method("v1, address", Layout.V1, "address", true, true, false),
            new Method("v1, net_cls, first ask of a connection", Layout.V1_NET_CLS, "net_cls", true, false, true),
            new Method("v1, net_cls, later asks", Layout.V1_NET_CLS, "net_cls", true, false, false),
            new Method("v1, freezer, first ask of a connection", Layout.V1, "freezer", true, false, true),
            new Method("v1, freezer, later asks", Layout.V1, "freezer", true, false, false),
            new Method("v1, address, /proc instead of netlink", Layout.V1, "address", false, true, false));

    public static void main(String[] args) throws IOException {
        int warmUp = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
        int measured = args.length > 1 ? Integer.parseInt(args[1]) : 2000;
        System.out.println("| method | containers | sockets | p50 µs | p99 µs | CPU µs | one look ms |");
        System.out.println("|---|---|---|---|---|---|---|");
        String only = args.length > 2 ? args[2] : "";
        for (Method method : METHODS) {
            if (!method.name().contains(only)) {
                continue;
            }
            for (int containers : CONTAINERS) {
                new AttestBenchmark(warmUp, measured).measure(method, containers);
            }
        }
    }

    private void measure(Method method, int containers) throws IOException {
        try (ContainerLab lab = method.layout().open()) {
            if (method.layout() == Layout.V1_MAKERS) {
                try (RecordedMakers makers = lab.makers()) {
                    measure(method, containers, lab, Optional.of(makers));
                }
            } else {
                measure(method, containers, lab, Optional.empty());
            }
        }
    }

    private void measure(Method method, int containers, ContainerLab lab, Optional<RecordedMakers> makers)
            throws IOException {
        LabProcess many = lab.hostProcess();
        for (int i = 0; i < containers - 1; i++) {
            String joining = lab.joining("$BASHPID", "container-" + i);
            for (int p = 0; p < PROCESSES_PER_CONTAINER; p++) {
                many.run("( " + joining + "; exec sleep 3600 ) < /dev/null &");
            }
        }
        LabNetwork network = method.ownNetwork() ? lab.network() : null;
        LabProcess asking = network == null ? lab.container("asking") : lab.container("asking", network);
        Caller caller = lab.connect(asking, network == null ? "127.0.0.1" : network.hostAddress());
        try (KernelAttestor attestor =
                new KernelAttestor(lab.config(), ContainerSources.NONE, makers, (s, e) -> {}, method.netlink())) {
            attestor.start();
            for (int sockets : SOCKETS) {
                List<SocketChannel> around = connections(sockets / 2);
                String row = measure(
                        attestor,
                        method.by(),
                        method.newConnections() ? () -> lab.connect(asking, "127.0.0.1") : () -> caller,
                        method.newConnections() || !method.netlink() ? FEW : measured);
                System.out.println("| " + method.name() + " | " + containers + " | " + sockets + " | " + row);
                for (SocketChannel socket : around) {
                    socket.close();
                }
            }
        }
    }

    private String measure(KernelAttestor attestor, String by, Supplier<Caller> callers, int rounds) {
        for (int i = 0; i < Math.min(warmUp, rounds); i++) {
            Attestation answer = attestor.attest(callers.get(), Deadline.in(LIMIT));
            if (!(answer instanceof Attestation.Attested attested
                    && attested.by().equals(by))) {
                throw new IllegalStateException(answer.toString());
            }
        }
        List<Thread> working = working();
        long[] nanos = new long[rounds];
        long cpu = 0;
        for (int i = 0; i < rounds; i++) {
            Caller caller = callers.get();
            long[] before = cpu(working);
            long begin = System.nanoTime();
            attestor.attest(caller, Deadline.in(LIMIT));
            nanos[i] = System.nanoTime() - begin;
            cpu += spent(before, cpu(working));
        }
        Arrays.sort(nanos);
        return String.format(
                Locale.ROOT,
                "%.0f | %.0f | %.0f | %.1f |",
                nanos[rounds / 2] / 1e3,
                nanos[rounds * 99 / 100] / 1e3,
                cpu / 1e3 / rounds,
                look(attestor) / 1e6);
    }

    /** The threads that work on a request: this one, and those that share long searches. */
    private static List<Thread> working() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread == Thread.currentThread() || thread instanceof ForkJoinWorkerThread)
                .toList();
    }

    private static long[] cpu(List<Thread> working) {
        return working.stream()
                .mapToLong(thread -> THREADS.getThreadCpuTime(thread.threadId()))
                .toArray();
    }

    /** The time of an ended thread is -1, counted as zero. */
    private static long spent(long[] before, long[] after) {
        return IntStream.range(0, before.length)
                .mapToLong(i -> Math.max(0, after[i] - before[i]))
                .sum();
    }

    private static double look(KernelAttestor attestor) {
        return attestor.scanNow().toNanos();
    }

    /** Connections of this process to itself: two sockets each, in the host's namespace. */
    private static List<SocketChannel> connections(int count) throws IOException {
        List<SocketChannel> open = new ArrayList<>();
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
            for (int i = 0; i < count; i++) {
                open.add(SocketChannel.open(server.getLocalAddress()));
                open.add(server.accept());
            }
        }
        return open;
    }
}
