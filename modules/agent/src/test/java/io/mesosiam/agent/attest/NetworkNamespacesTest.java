package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.cgroup.ContainerGroup;
import io.mesosiam.agent.proc.ProcFs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Namespaces of real and of written processes, seen through a procfs that the test makes. */
class NetworkNamespacesTest extends AttestorFixture {
    @TempDir
    private Path directory;

    @Test
    void namespaceThatCouldNotBeEnteredIsEnteredByALaterScan() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V2);
        LabProcess task = lab.container("task", lab.network());
        Path real = Path.of("/proc", Long.toString(task.pid()));
        Path shown = directory.resolve(Long.toString(task.pid()));
        Path namespaces = Files.createDirectories(shown.resolve("ns"));
        for (String name : List.of("stat", "net")) {
            Files.createSymbolicLink(shown.resolve(name), real.resolve(name));
        }
        Files.createSymbolicLink(directory.resolve("self"), Path.of("/proc/self"));
        Files.createSymbolicLink(namespaces.resolve("net"), Files.readSymbolicLink(real.resolve("ns/net")));

        try (ProcFs proc = new ProcFs(directory)) {
            long inode = proc.networkNamespace(task.pid()).orElseThrow();
            ObservedContainer seen = new ObservedContainer(
                    new Container("task", start(task)),
                    new ContainerGroup("task", directory, directory, 1),
                    task.pid(),
                    inode,
                    OptionalLong.empty());
            NetworkNamespaces scans =
                    new NetworkNamespaces(proc, new SocketLookups(proc, lab.version(), Optional.empty(), true));

            Map<Long, NetworkNamespace> first = scans.of(List.of(seen), Map.of(), true);
            assertThat(first.get(inode).sockets().readsFiles()).isTrue();
            Map<Long, NetworkNamespace> second = scans.of(List.of(seen), first, false);
            assertThat(second.get(inode).sockets()).isSameAs(first.get(inode).sockets());

            Files.delete(namespaces.resolve("net"));
            Files.delete(namespaces);
            Files.createSymbolicLink(namespaces, real.resolve("ns"));
            try (SocketLookup entered =
                    scans.of(List.of(seen), second, false).get(inode).sockets()) {
                assertThat(entered.readsFiles()).isFalse();
            }
        }
    }

    /** In a table with one bucket a query reads all sockets of the network, on the event loop. */
    @ParameterizedTest
    @CsvSource({"1, Failed", "1024, Absent"})
    void networkWithTooFewBucketsForItsSocketsIsNotQueried(int buckets, String answer) {
        assumeTrue(Files.exists(Path.of("/proc/sys/net/ipv4/tcp_child_ehash_entries")), "Linux 6.1 or later");
        LabProcess task = LabProcess.start(List.of(
                "unshare",
                "-n",
                "sh",
                "-c",
                "echo %d > /proc/sys/net/ipv4/tcp_child_ehash_entries && exec unshare -n \"$@\"".formatted(buckets),
                "sh"));
        open.add(task);
        ProcFs proc = new ProcFs(Path.of("/proc"));
        open.add(proc);
        InetSocketAddress end = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

        try (SocketLookup sockets = new SocketLookups(proc, CgroupVersion.V2, Optional.empty(), true)
                .of(task.pid(), proc.networkNamespace(task.pid()).orElseThrow())) {
            assertThat(sockets.find(end, end, Deadlines.ample()).toString()).startsWith(answer);
        }
    }

    @Test
    void oneLivingMemberIsEnoughForTheAddressesOfANamespace() throws IOException {
        List<ObservedContainer> members = new ArrayList<>();
        members.add(seen("pod", 1, 4711)); // has ended: it has no tables
        process(2, 4711, List.of());
        members.add(seen("pod/2", 2, 4711));
        for (int pid = 3; pid <= 20; pid++) {
            process(pid, 4711, List.of("|-- 10.0.0." + pid, "/32 host LOCAL"));
            members.add(seen("pod/" + pid, pid, 4711));
        }

        assertThat(scans().of(members, Map.of(), true).get(4711L).addresses()).isEmpty();
    }

    /** Their tables may be as long as all that is read of the container. */
    @Test
    void processesThatAreInOtherNamespacesByNowAreNotRead() throws IOException {
        List<ObservedContainer> members = new ArrayList<>();
        for (int pid = 1; pid <= 2; pid++) {
            process(pid, 4000 + pid, routes(LocalAddresses.MOST_LINES));
            members.add(seen("pod/" + pid, pid, 4711));
        }
        process(3, 4711, addresses(3, 1));
        members.add(seen("pod/3", 3, 4711));

        assertThat(scans().of(members, Map.of(), true).get(4711L).addresses()).hasSize(1);
    }

    /** Its owner could have it read on and on by routes that have no address. */
    @Test
    void longTableWithoutAnAddressIsReadAgainOnlyOnRequest() throws IOException {
        NetworkNamespaces scans = scans();
        List<ObservedContainer> members = List.of(seen("task", 1, 4711));
        process(1, 4711, routes(10_000));
        Map<Long, NetworkNamespace> first = scans.of(members, Map.of(), false);
        process(1, 4711, List.of("|-- 10.0.0.1", "/32 host LOCAL"));

        Map<Long, NetworkNamespace> regular = scans.of(members, first, false);
        assertThat(regular.get(4711L).addresses()).isEmpty();
        assertThat(scans.of(members, regular, true).get(4711L).addresses()).hasSize(1);
    }

    @Test
    void newNamespaceIsReadByEachScanUntilItHasAnAddress() throws IOException {
        NetworkNamespaces scans = scans();
        List<ObservedContainer> members = List.of(seen("task", 1, 4711));
        process(1, 4711, List.of("Main:", "|-- 127.0.0.1", "/32 host LOCAL"));
        Map<Long, NetworkNamespace> first = scans.of(members, Map.of(), false);
        process(1, 4711, List.of("|-- 10.0.0.1", "/32 host LOCAL"));

        assertThat(scans.of(members, first, false).get(4711L).addresses()).hasSize(1);
    }

    @Test
    void linesOfOneOutermostContainerAreBoundedInEachScan() throws IOException {
        NetworkNamespaces scans = scans();
        List<ObservedContainer> all = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            List<String> table = new ArrayList<>(List.of("|-- 10.0.0." + i, "/32 host LOCAL"));
            table.addAll(routes(2 * LocalAddresses.MOST_LINES));
            process(i, 100 + i, table);
            all.add(seen("pod/" + i, i, 100 + i));
        }
        process(99, 199, List.of("|-- 10.0.1.1", "/32 host LOCAL"));
        all.add(seen("other", 99, 199));

        Map<Long, NetworkNamespace> first = scans.of(all, Map.of(), false);
        assertThat(first.get(199L).addresses()).hasSize(1);
        assertThat(withAddresses(first))
                .as("of two namespaces, and the other container's")
                .isEqualTo(3);

        Map<Long, NetworkNamespace> second = scans.of(all, first, false);
        assertThat(withAddresses(second)).as("those that are known are kept").isEqualTo(5);
    }

    @Test
    void addressesOfOneOutermostContainerAreBounded() throws IOException {
        NetworkNamespaces scans = scans();
        List<ObservedContainer> all = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            process(i, 100 + i, addresses(i, 1000));
            all.add(seen("pod/" + i, i, 100 + i));
        }

        Map<Long, NetworkNamespace> view = Map.of();
        for (int scan = 0; scan < 10; scan++) {
            view = scans.of(all, view, scan % 2 == 0);
            assertThat(view.values().stream()
                            .mapToInt(n -> n.addresses().size())
                            .sum())
                    .isBetween(1000, AddressShare.MOST_ADDRESSES);
        }
    }

    @Test
    void newNamespacesTakeNoAddressesFromThoseThatAreKnown() throws IOException {
        NetworkNamespaces scans = scans();
        List<ObservedContainer> all = new ArrayList<>();
        for (int namespace = 111; namespace >= 108; namespace--) {
            process(namespace, namespace, addresses(namespace, 1000));
            all.add(seen("pod/" + namespace, namespace, namespace));
        }
        Map<Long, NetworkNamespace> first = scans.of(all.subList(0, 2), Map.of(), false);

        Map<Long, NetworkNamespace> second = scans.of(all, first, false);

        assertThat(List.of(110L, 111L))
                .allSatisfy(known -> assertThat(second.get(known).addresses()).hasSize(1000));
    }

    /** Twenty use all that they may, which is more than the host has for all; the other one comes last. */
    @Test
    void addressesOfAllOutermostContainersAreBounded() throws IOException {
        NetworkNamespaces scans = scans();
        List<ObservedContainer> all = new ArrayList<>();
        for (int i = 1; i <= 40; i++) {
            process(i, 128 + i, addresses(i, 1000));
            all.add(seen("pod-" + i / 2 + "/" + i, i, 128 + i));
        }
        process(99, 191, addresses(99, AddressShare.OWN_ADDRESSES));
        all.add(seen("other", 99, 191));

        Map<Long, NetworkNamespace> view = Map.of();
        for (int scan = 0; scan < 4; scan++) {
            view = scans.of(all, view, scan % 2 == 0);
            assertThat(view.values().stream()
                            .mapToInt(n -> n.addresses().size())
                            .sum())
                    .isBetween(8 * 1000, 9 * AddressShare.MOST_ADDRESSES);
            assertThat(view.get(191L).addresses()).hasSize(AddressShare.OWN_ADDRESSES);
        }
    }

    @Test
    void linesOfAllOutermostContainersAreBoundedInEachScan() throws IOException {
        NetworkNamespaces scans = scans();
        List<ObservedContainer> all = new ArrayList<>();
        for (int i = 1; i <= 40; i++) {
            List<String> table = new ArrayList<>(routes(LocalAddresses.MOST_LINES - 100));
            table.addAll(addresses(i, 1));
            process(i, 128 + i, table);
            all.add(seen("pod-" + i, i, 128 + i));
        }
        process(99, 191, addresses(99, 1));
        all.add(seen("other", 99, 191));

        Map<Long, NetworkNamespace> view = scans.of(all, Map.of(), false);
        assertThat(view.get(191L).addresses()).hasSize(1);
        assertThat(withAddresses(view)).isBetween(16L, 20L);
    }

    private static List<String> addresses(int network, int number) {
        List<String> table = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            table.add("|-- 10." + network + "." + (i >> 8) + "." + (i & 255));
            table.add("/32 host LOCAL");
        }
        return table;
    }

    private static long withAddresses(Map<Long, NetworkNamespace> view) {
        return view.values().stream().filter(n -> !n.addresses().isEmpty()).count();
    }

    private static List<String> routes(int lines) {
        return Collections.nCopies(lines, "/32 universe BLACKHOLE");
    }

    private NetworkNamespaces scans() throws IOException {
        Files.createSymbolicLink(directory.resolve("self"), Path.of("/proc/self"));
        ProcFs proc = new ProcFs(directory, false);
        open.add(proc);
        return new NetworkNamespaces(proc, new SocketLookups(proc, CgroupVersion.V2, Optional.empty(), false));
    }

    /** A process of a namespace, with its table of routes. */
    private void process(long pid, long namespace, List<String> routes) throws IOException {
        Path own = directory.resolve(Long.toString(pid));
        Files.createDirectories(own.resolve("ns"));
        Files.createDirectories(own.resolve("net"));
        if (!Files.isSymbolicLink(own.resolve("ns/net"))) {
            Files.createSymbolicLink(own.resolve("ns/net"), Path.of("net:[" + namespace + "]"));
        }
        Files.write(own.resolve("net/fib_trie"), routes);
    }

    private ObservedContainer seen(String id, long pid, long namespace) {
        return new ObservedContainer(
                new Container(id, pid),
                new ContainerGroup(id, directory, directory, pid),
                pid,
                namespace,
                OptionalLong.empty());
    }
}
