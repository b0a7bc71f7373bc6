package io.mesosiam.agent.attest;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What one look-up costs, by method, with more and more containers and sockets around. Prints a table for docs/benchmarks.md. Takes
 * a warm-up and a measured count of look-ups: {@code AttestBenchmark 2000 5000}.
 */
final class AttestBenchmark {
    private static final int PROCESSES_PER_CONTAINER = 2;
    private static final int[] CONTAINERS = {10, 100, 1000};
    private static final int[] SOCKETS = {100, 10_000};

    private final int warmUp;
    private final int measured;

    private AttestBenchmark(int warmUp, int measured) {
        this.warmUp = warmUp;
        this.measured = measured;
    }

    /** How a container is told, and what the look-up is given for it. */
    private record Method(String name, CgroupVersion version, boolean netlink, boolean ownNetwork) {}

    private static final List<Method> METHODS = List.of(
            new Method("v2, cgroup id", CgroupVersion.V2, true, false),
            new Method("v1, own network", CgroupVersion.V1, true, true),
            new Method("v1, host network, new socket", CgroupVersion.V1, true, false),
            new Method("v1, own network, /proc instead of netlink", CgroupVersion.V1, false, true));

    public static void main(String[] args) throws IOException {
        int warmUp = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
        int measured = args.length > 1 ? Integer.parseInt(args[1]) : 5000;
        System.out.println("| method | containers | sockets | p50 µs | p99 µs | CPU µs | one look ms |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (Method method : METHODS) {
            for (int containers : CONTAINERS) {
                new AttestBenchmark(warmUp, measured).measure(method, containers);
            }
        }
    }

    private void measure(Method method, int containers) throws IOException {
        try (ContainerLab lab = ContainerLab.open(method.version())) {
            LabProcess many = lab.hostProcess();
            for (int i = 0; i < containers - 1; i++) {
                String procs =
                        lab.groupOf("container-" + i).resolve("cgroup.procs").toString();
                for (int p = 0; p < PROCESSES_PER_CONTAINER; p++) {
                    many.run("( echo $BASHPID > " + procs + "; exec sleep 3600 0<&- >&- ) &");
                }
            }
            LabNetwork network = method.ownNetwork() ? lab.network() : null;
            LabProcess asking = network == null ? lab.container("asking") : lab.container("asking", network);
            Caller caller = lab.connect(asking, network == null ? "127.0.0.1" : network.hostAddress());
            try (KernelAttestor attestor = new KernelAttestor(lab.config(), (s, e) -> {}, method.netlink())) {
                attestor.start();
                for (int sockets : SOCKETS) {
                    List<SocketChannel> around = connections(sockets / 2);
                    measure(method, containers, sockets, attestor, caller);
                    for (SocketChannel socket : around) {
                        socket.close();
                    }
                }
            }
        }
    }

    private void measure(Method method, int containers, int sockets, KernelAttestor attestor, Caller caller) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long first = System.nanoTime();
        Attestation answer = attestor.attest(caller);
        long once = System.nanoTime() - first;
        if (!(answer instanceof Attestation.Attested)) {
            throw new IllegalStateException(method + ": " + answer);
        }
        // slow methods get fewer rounds
        int rounds = (int) Math.max(200, Math.min(measured, 10_000_000_000L / Math.max(1, once)));
        for (int i = 0; i < Math.min(warmUp, rounds); i++) {
            attestor.attest(caller);
        }
        long[] nanos = new long[rounds];
        long cpu = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < rounds; i++) {
            long begin = System.nanoTime();
            attestor.attest(caller);
            nanos[i] = System.nanoTime() - begin;
        }
        cpu = threads.getCurrentThreadCpuTime() - cpu;
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %d | %.0f | %.0f | %.0f | %.1f |%n",
                method.name(),
                containers,
                sockets,
                nanos[rounds / 2] / 1e3,
                nanos[rounds * 99 / 100] / 1e3,
                cpu / 1e3 / rounds,
                look(attestor) / 1e6);
    }

    private static double look(KernelAttestor attestor) {
        return attestor.lookNow().toNanos();
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
