package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Attestation.Ambiguous;
import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Attestation.NoContainer;
import io.mesosiam.agent.attest.Attestation.Unknown;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Real processes in real cgroups and namespaces, identified by the real kernel. */
class KernelAttestorTest {
    private static final String LOOPBACK = "127.0.0.1";

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void cleanUp() throws Exception {
        Collections.reverse(open);
        for (AutoCloseable thing : open) {
            thing.close();
        }
    }

    private ContainerLab lab(CgroupVersion version) throws IOException {
        ContainerLab lab = ContainerLab.open(version);
        open.add(lab);
        return lab;
    }

    private KernelAttestor attestor(ContainerLab lab) {
        return attestor(lab, true);
    }

    private KernelAttestor attestor(ContainerLab lab, boolean netlink) {
        KernelAttestor attestor = new KernelAttestor(lab.config(), (started, ended) -> {}, netlink);
        open.add(attestor);
        return attestor;
    }

    private static Attested attested(String id, LabProcess first, String by) {
        return new Attested(new Container(id, start(first)), by);
    }

    private static long start(LabProcess process) {
        return new ProcFs(Path.of("/proc")).start(process.pid()).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"V1,true,freezer", "V1,false,freezer", "V2,true,cgroup-v2", "V2,false,cgroup-v2-process"})
    void tasksOnTheHostsNetworkAreDistinguished(CgroupVersion version, boolean netlink, String by) throws IOException {
        ContainerLab lab = lab(version);
        LabProcess one = lab.container("one");
        LabProcess two = lab.container("two");
        KernelAttestor attestor = attestor(lab, netlink);

        assertThat(attestor.attest(lab.connect(one, LOOPBACK))).isEqualTo(attested("one", one, by));
        assertThat(attestor.attest(lab.connect(two, LOOPBACK))).isEqualTo(attested("two", two, by));
    }

    @ParameterizedTest
    @CsvSource({"V1,true,freezer", "V1,false,freezer", "V2,true,cgroup-v2", "V2,false,cgroup-v2-process"})
    void nestedContainersThatShareANetworkAreDistinguished(CgroupVersion version, boolean netlink, String by)
            throws IOException {
        ContainerLab lab = lab(version);
        LabNetwork network = lab.network();
        LabProcess executor = lab.container("pod", network);
        LabProcess left = lab.container("pod/left", network);
        LabProcess right = lab.container("pod/right", network);
        LabProcess debug = lab.container("pod/right/debug", network);
        KernelAttestor attestor = attestor(lab, netlink);
        String agent = network.hostAddress();

        assertThat(attestor.attest(lab.connect(left, agent))).isEqualTo(attested("pod/left", left, by));
        assertThat(attestor.attest(lab.connect(right, agent))).isEqualTo(attested("pod/right", right, by));
        assertThat(attestor.attest(lab.connect(debug, agent))).isEqualTo(attested("pod/right/debug", debug, by));
        assertThat(attestor.attest(lab.connect(executor, agent))).isEqualTo(attested("pod", executor, by));
    }

    @ParameterizedTest
    @CsvSource({"V1,true,address", "V1,false,address", "V2,true,cgroup-v2", "V2,false,address"})
    void containerIsIdentifiedByItsOwnNetwork(CgroupVersion version, boolean netlink, String by) throws IOException {
        ContainerLab lab = lab(version);
        LabNetwork network = lab.network();
        LabProcess task = lab.container("task", network);
        lab.container("neighbour", lab.network());
        lab.container("on-the-host");

        assertThat(attestor(lab, netlink).attest(lab.connect(task, network.hostAddress())))
                .isEqualTo(attested("task", task, by));
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void containerThatStartsInAKnownNetworkIsNotTheFormerOne(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabNetwork network = lab.network();
        LabProcess pod = lab.container("pod", network);
        KernelAttestor attestor = attestor(lab);
        assertThat(attestor.attest(lab.connect(pod, network.hostAddress()))).isInstanceOf(Attested.class);

        LabProcess nested = lab.container("pod/nested", network);

        assertThat(attestor.attest(lab.connect(nested, network.hostAddress())))
                .extracting(found -> ((Attested) found).container())
                .isEqualTo(new Container("pod/nested", start(nested)));
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void nextContainerAtAnAddressInheritsNothing(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabNetwork network = lab.network();
        KernelAttestor attestor = attestor(lab);
        LabProcess old = lab.container("old", network);
        Caller caller = lab.connect(old, network.hostAddress());
        assertThat(attestor.attest(caller)).isInstanceOf(Attested.class);

        old.close();
        LabProcess young = lab.container("young", network);

        assertThat(attestor.attest(caller)).isInstanceOf(Unknown.class);
        assertThat(attestor.attest(lab.connect(young, network.hostAddress())))
                .extracting(found -> ((Attested) found).container())
                .isEqualTo(new Container("young", start(young)));
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void recreatedCgroupIsAnotherContainer(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabNetwork network = lab.network();
        KernelAttestor attestor = attestor(lab);
        LabProcess before = lab.container("same-id", network);
        assertThat(attestor.attest(lab.connect(before, network.hostAddress()))).isInstanceOf(Attested.class);
        long startBefore = start(before);

        before.close();
        lab.removeGroup("same-id");
        LabProcess after = startedAfter(startBefore, () -> lab.container("same-id", network));

        assertThat(attestor.attest(lab.connect(after, network.hostAddress())))
                .extracting(found -> ((Attested) found).container())
                .isEqualTo(new Container("same-id", start(after)));
    }

    /**
     * Repeats the start until the process has another start time: it counts hundredths of a second, so two processes
     * may share one.
     */
    private static LabProcess startedAfter(long ticks, Supplier<LabProcess> another) {
        LabProcess process = another.get();
        while (start(process) <= ticks) {
            process.close();
            process = another.get();
        }
        return process;
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void restOfAContainerWithoutItsFirstProcessIsNotThatContainer(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabProcess first = lab.container("task");
        KernelAttestor attestor = attestor(lab);
        Caller caller = lab.connect(first, LOOPBACK);
        assertThat(attestor.attest(caller)).isInstanceOf(Attested.class);
        Container before = ((Attested) attestor.attest(caller)).container();

        LabProcess later = startedAfter(before.startTicks(), () -> lab.container("task"));
        first.close();

        assertThat(attestor.attest(lab.connect(later, LOOPBACK)))
                .extracting(found -> ((Attested) found).container())
                .isEqualTo(new Container("task", start(later)))
                .isNotEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void forkedChildBelongsToItsContainer(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabProcess task = lab.container("task");
        Caller caller = lab.connect(task, LOOPBACK);
        task.fork("");
        task.run("exec 3>&-");

        assertThat(attestor(lab).attest(caller))
                .extracting(found -> ((Attested) found).container())
                .isEqualTo(new Container("task", start(task)));
    }

    @ParameterizedTest
    @CsvSource({"V1,true", "V1,false", "V2,true", "V2,false"})
    void processOutsideOfMesosIsRefused(CgroupVersion version, boolean netlink) throws IOException {
        ContainerLab lab = lab(version);
        lab.container("task");
        LabProcess host = lab.hostProcess();

        assertThat(attestor(lab, netlink).attest(lab.connect(host, LOOPBACK))).isInstanceOf(NoContainer.class);
    }

    @ParameterizedTest
    @CsvSource({"V1,true", "V1,false", "V2,true", "V2,false"})
    void agentItselfIsNoContainer(CgroupVersion version, boolean netlink) throws IOException {
        ContainerLab lab = lab(version);
        lab.container("task");

        // the JVM's IPv4 sockets are dual-stack sockets: an IPv4 lookup finds them, and the answer has IPv6 addresses
        assertThat(attestor(lab, netlink).attest(lab.connectFromAgent(InetAddress.ofLiteral(LOOPBACK))))
                .isInstanceOf(NoContainer.class);
    }

    @Test
    void onV2OnlyALeafHasAContainersProcesses() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V2);
        lab.container("task");
        LabProcess stray = lab.hostProcess();
        stray.run("mkdir " + lab.groupOf("task").resolveSibling("not-a-leaf"));
        stray.run(
                "echo $$ > " + lab.groupOf("task").resolveSibling("not-a-leaf").resolve("cgroup.procs"));

        assertThat(attestor(lab).attest(lab.connect(stray, LOOPBACK))).isInstanceOf(NoContainer.class);
    }

    @ParameterizedTest
    @CsvSource({"V1,true,freezer", "V1,false,freezer", "V2,true,cgroup-v2", "V2,false,cgroup-v2-process"})
    void ipv6CallersAreAttested(CgroupVersion version, boolean netlink, String by) throws IOException {
        ContainerLab lab = lab(version);
        ContainerLab.assume(
                java.net.NetworkInterface.getByInetAddress(InetAddress.ofLiteral("::1")) != null, "no IPv6 here");
        LabProcess task = lab.container("task");

        assertThat(attestor(lab, netlink).attest(lab.connect(task, "::1"))).isEqualTo(attested("task", task, by));
    }

    @Test
    void socketThatTwoContainersHoldProvesNeither() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabProcess maker = lab.container("maker");
        lab.container("other");
        Caller caller = lab.connect(maker, LOOPBACK);
        maker.fork("echo $BASHPID > " + lab.groupOf("other").resolve("cgroup.procs") + ";");

        assertThat(attestor(lab).attest(caller)).isInstanceOf(Ambiguous.class);
    }

    @Test
    void keptAliveConnectionIsAttestedOnEveryRequest() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabProcess maker = lab.container("maker");
        LabProcess other = lab.container("other");
        KernelAttestor attestor = attestor(lab);
        Caller caller = lab.connect(maker, LOOPBACK);
        assertThat(attestor.attest(caller)).isEqualTo(attested("maker", maker, "freezer"));
        assertThat(attestor.attest(caller)).isEqualTo(attested("maker", maker, "freezer"));

        maker.fork("echo $BASHPID > " + lab.groupOf("other").resolve("cgroup.procs") + ";");
        maker.run("exec 3>&-");
        assertThat(attestor.attest(caller)).isEqualTo(attested("other", other, "freezer"));

        other.close();
        maker.close();
        assertThat(attestor.attest(caller)).isInstanceOf(Unknown.class);
    }

    @Test
    void onV2ASocketBelongsToItsCreator() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V2);
        LabProcess maker = lab.container("maker");
        lab.container("other");
        Caller caller = lab.connect(maker, LOOPBACK);
        maker.fork("echo $BASHPID > " + lab.groupOf("other").resolve("cgroup.procs") + ";");
        maker.run("exec 3>&-");

        assertThat(attestor(lab).attest(caller)).isEqualTo(attested("maker", maker, "cgroup-v2"));
    }

    /** The limit of v1, as documented: a socket that was passed on completely belongs to its holder. */
    @Test
    void onV1ASocketBelongsToItsHolder() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabProcess maker = lab.container("maker");
        LabProcess other = lab.container("other");
        Caller caller = lab.connect(maker, LOOPBACK);
        maker.fork("echo $BASHPID > " + lab.groupOf("other").resolve("cgroup.procs") + ";");
        maker.run("exec 3>&-");

        assertThat(attestor(lab).attest(caller)).isEqualTo(attested("other", other, "freezer"));
    }

    @Test
    void socketThatAnotherUserCreatedIsNotItsHolders() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabProcess maker = lab.container("maker");
        lab.container("other");
        Caller caller = lab.connect(maker, LOOPBACK);
        maker.run("command -v setpriv");
        maker.run("exec 9< <( echo $BASHPID > " + lab.groupOf("other").resolve("cgroup.procs")
                + "; exec setpriv --reuid 65534 --regid 65534 --clear-groups"
                + " bash -c 'echo up; exec sleep 3600' ); read -r -u 9 up");
        maker.run("exec 3>&-");

        // neither root nor the socket's user: its descriptors are not searched
        assertThat(attestor(lab).attest(caller)).isInstanceOf(NoContainer.class);
    }

    @Test
    void redirectedConnectionIsFoundOnlyByTheCallersEnds() {
        InetSocketAddress source = new InetSocketAddress(InetAddress.ofLiteral("198.18.0.9"), 40_000);
        InetSocketAddress meant = new InetSocketAddress(InetAddress.ofLiteral("169.254.170.2"), 80);
        InetSocketAddress other = new InetSocketAddress(InetAddress.ofLiteral("169.254.170.23"), 80);
        var socket = new SocketAnswer.Found(1, 1, 0, OptionalLong.empty(), OptionalLong.empty());
        var finder = new SocketFinder(new FakeSockets(source, meant, socket));
        var accepted = new Caller(
                new InetSocketAddress(InetAddress.ofLiteral("198.18.0.9"), 1024),
                new InetSocketAddress(InetAddress.ofLiteral("198.18.0.1"), 8080));
        var view = new HostView(java.util.Map.of(), java.util.Map.of(), 1, List.of(), Optional.empty());

        assertThat(finder.find(accepted.openedAs(source, meant), view))
                .isInstanceOfSatisfying(SocketFinder.Located.class, at -> assertThat(at.socket())
                        .isEqualTo(socket));
        assertThat(finder.find(accepted.openedAs(source, other), view)).isInstanceOf(SocketFinder.NotLocated.class);
        assertThat(finder.find(accepted, view)).isInstanceOf(SocketFinder.NotLocated.class);
    }

    /**
     * Mesos makes its root when it first starts after a boot, and a wrong root is never made. Neither justifies a
     * lasting refusal.
     */
    @ParameterizedTest
    @EnumSource
    void noLastingRefusalBeforeTheRootHoldsACgroup(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        AttestConfig real = lab.config();
        LabProcess task = lab.container("task");
        Caller caller = lab.connect(task, LOOPBACK);
        AttestConfig wrong = new AttestConfig(
                real.version(), real.hierarchy(), real.netCls(), real.cgroupRoot() + "-other", real.proc());
        KernelAttestor attestor = new KernelAttestor(wrong, (started, ended) -> {}, true);
        open.add(attestor);

        assertThat(attestor.attest(caller))
                .isInstanceOfSatisfying(Unknown.class, unknown -> assertThat(unknown.reason())
                        .startsWith("there is no cgroup in " + wrong.mesosGroup() + " yet"));
        assertThat(attestor.cgroupsRootConfirmed()).isFalse();

        // as the redirect makes it for its rules
        Files.createDirectory(wrong.mesosGroup());
        try {
            assertThat(attestor.attest(caller)).isInstanceOf(Unknown.class);

            Files.createDirectory(wrong.mesosGroup().resolve("first"));
            assertThat(attestor.attest(caller)).isInstanceOf(NoContainer.class);
            assertThat(attestor.cgroupsRootConfirmed()).isTrue();

            Files.delete(wrong.mesosGroup().resolve("first"));
            assertThat(attestor.attest(caller))
                    .as("the last container has ended")
                    .isInstanceOf(NoContainer.class);
        } finally {
            Files.deleteIfExists(wrong.mesosGroup().resolve("first"));
            Files.delete(wrong.mesosGroup());
        }
        assertThat(attestor.attest(caller)).isInstanceOf(Unknown.class);
        assertThat(attestor.cgroupsRootConfirmed()).isFalse();
    }

    @Test
    void foreignAddressIsRefused() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        lab.container("task", lab.network());

        assertThat(attestor(lab)
                        .attest(new Caller(
                                new InetSocketAddress(InetAddress.ofLiteral("192.0.2.77"), 40_000),
                                new InetSocketAddress(InetAddress.ofLiteral(LOOPBACK), lab.port()))))
                .isInstanceOf(NoContainer.class);
    }

    @Test
    void containerThatTakesItsNeighboursAddressIsNotTheNeighbour() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabNetwork victims = lab.network();
        LabNetwork thiefs = lab.network();
        LabProcess victim = lab.container("victim", victims);
        lab.container("thief", thiefs);
        thiefs.add(victims.address() + "/32");

        assertThat(attestor(lab).attest(lab.connect(victim, victims.hostAddress())))
                .isEqualTo(attested("victim", victim, "address"));
    }

    @Test
    void containerThatTakesTheHostsAddressDoesNotOwnTheHostsConnections() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabNetwork thiefs = lab.network();
        lab.container("thief", thiefs);
        thiefs.add(thiefs.hostAddress() + "/32");
        LabProcess task = lab.container("task");

        assertThat(attestor(lab).attest(lab.connect(task, thiefs.hostAddress())))
                .isEqualTo(attested("task", task, "freezer"));
    }

    @Test
    void listeningSocketAtTheSourceIsNotTheCallers() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        lab.container("task");
        var listening = new InetSocketAddress(InetAddress.ofLiteral(LOOPBACK), lab.port());

        assertThat(attestor(lab)
                        .attest(new Caller(listening, new InetSocketAddress(InetAddress.ofLiteral(LOOPBACK), 9))))
                .isInstanceOf(Unknown.class);
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void listenerIsNotifiedOfChanges(CgroupVersion version) throws Exception {
        ContainerLab lab = lab(version);
        LabProcess there = lab.container("there");
        var changes = Collections.synchronizedList(new ArrayList<String>());
        var startSeen = new CountDownLatch(1);
        var endSeen = new CountDownLatch(1);
        KernelAttestor attestor = new KernelAttestor(lab.config(), new ContainerListener() {
            @Override
            public void changing(List<Container> started, List<Container> ended) {
                started.forEach(c -> changes.add("+" + c.id()));
                ended.forEach(c -> changes.add("-" + c.id()));
            }

            @Override
            public void changed() {
                if (changes.contains("+there/nested")) {
                    startSeen.countDown();
                }
                if (changes.contains("-there")) {
                    endSeen.countDown();
                }
            }
        });
        open.add(attestor);
        attestor.start();
        assertThat(attestor.running()).containsExactly(new Container("there", start(there)));

        lab.container("there/nested");
        assertThat(startSeen.await(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        there.close();
        assertThat(endSeen.await(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS))
                .isTrue();

        assertThat(changes).containsExactly("+there", "+there/nested", "-there");
        assertThat(attestor.running()).extracting(Container::id).containsExactly("there/nested");
    }

    /** A lookup that knows one socket. */
    private record FakeSockets(InetSocketAddress source, InetSocketAddress destination, SocketAnswer.Found socket)
            implements SocketLookup {
        @Override
        public SocketAnswer find(InetSocketAddress from, InetSocketAddress to) {
            return from.equals(source) && to.equals(destination) ? socket : new SocketAnswer.Absent();
        }

        @Override
        public void close() {}
    }
}
