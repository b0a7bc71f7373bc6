package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Attestation.NoContainer;
import io.mesosiam.agent.attest.Attestation.Unknown;
import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.pause.Deadline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Real processes in real cgroups and namespaces, identified by the real kernel. */
class KernelAttestorTest extends AttestorFixture {
    @ParameterizedTest
    @CsvSource({"V1,true,freezer", "V1,false,freezer", "V2,true,cgroup-v2", "V2,false,cgroup-v2-process"})
    void tasksOnTheHostsNetworkAreDistinguished(CgroupVersion version, boolean netlink, String by) throws IOException {
        ContainerLab lab = lab(version);
        LabProcess one = lab.container("one");
        LabProcess two = lab.container("two");
        KernelAttestor attestor = attestor(lab, netlink);

        assertThat(attestor.attest(lab.connect(one, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("one", one, by));
        assertThat(attestor.attest(lab.connect(two, LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("two", two, by));
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

        assertThat(attestor.attest(lab.connect(left, agent), Deadlines.ample()))
                .isEqualTo(attested("pod/left", left, by));
        assertThat(attestor.attest(lab.connect(right, agent), Deadlines.ample()))
                .isEqualTo(attested("pod/right", right, by));
        assertThat(attestor.attest(lab.connect(debug, agent), Deadlines.ample()))
                .isEqualTo(attested("pod/right/debug", debug, by));
        assertThat(attestor.attest(lab.connect(executor, agent), Deadlines.ample()))
                .isEqualTo(attested("pod", executor, by));
    }

    @ParameterizedTest
    @CsvSource({"V1,true,address", "V1,false,address", "V2,true,cgroup-v2", "V2,false,address"})
    void containerIsIdentifiedByItsOwnNetwork(CgroupVersion version, boolean netlink, String by) throws IOException {
        ContainerLab lab = lab(version);
        LabNetwork network = lab.network();
        LabProcess task = lab.container("task", network);
        lab.container("neighbour", lab.network());
        lab.container("on-the-host");

        assertThat(attestor(lab, netlink).attest(lab.connect(task, network.hostAddress()), Deadlines.ample()))
                .isEqualTo(attested("task", task, by));
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void forkedChildBelongsToItsContainer(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        LabProcess task = lab.container("task");
        Caller caller = lab.connect(task, LOOPBACK);
        task.fork("");
        task.run("exec 3>&-");

        assertThat(attestor(lab).attest(caller, Deadlines.ample()))
                .extracting(found -> ((Attested) found).container())
                .isEqualTo(new Container("task", start(task)));
    }

    @ParameterizedTest
    @CsvSource({"V1,true", "V1,false", "V2,true", "V2,false"})
    void processOutsideOfMesosIsRefused(CgroupVersion version, boolean netlink) throws IOException {
        ContainerLab lab = lab(version);
        lab.container("task");
        LabProcess host = lab.hostProcess();

        assertThat(attestor(lab, netlink).attest(lab.connect(host, LOOPBACK), Deadlines.ample()))
                .isInstanceOf(NoContainer.class);
    }

    @ParameterizedTest
    @CsvSource({"V1,true", "V1,false", "V2,true", "V2,false"})
    void agentItselfIsNoContainer(CgroupVersion version, boolean netlink) throws IOException {
        ContainerLab lab = lab(version);
        lab.container("task");

        // the JVM's IPv4 sockets are dual-stack sockets: an IPv4 lookup finds them, and the answer has IPv6 addresses
        assertThat(attestor(lab, netlink)
                        .attest(lab.connectFromAgent(InetAddress.ofLiteral(LOOPBACK)), Deadlines.ample()))
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

        assertThat(attestor(lab).attest(lab.connect(stray, LOOPBACK), Deadlines.ample()))
                .isInstanceOf(NoContainer.class);
    }

    @ParameterizedTest
    @CsvSource({"V1,true,freezer", "V1,false,freezer", "V2,true,cgroup-v2", "V2,false,cgroup-v2-process"})
    void ipv6CallersAreAttested(CgroupVersion version, boolean netlink, String by) throws IOException {
        ContainerLab lab = lab(version);
        ContainerLab.assume(
                java.net.NetworkInterface.getByInetAddress(InetAddress.ofLiteral("::1")) != null, "no IPv6 here");
        LabProcess task = lab.container("task");

        assertThat(attestor(lab, netlink).attest(lab.connect(task, "::1"), Deadlines.ample()))
                .isEqualTo(attested("task", task, by));
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
        var view = new HostView(
                java.util.Map.of(), java.util.Map.of(), 1, List.of(), HostView.Waiting.NONE, Optional.empty());

        assertThat(finder.find(accepted.openedAs(source, meant), view, Deadlines.ample()))
                .isInstanceOfSatisfying(SocketFinder.Located.class, at -> assertThat(at.socket())
                        .isEqualTo(socket));
        assertThat(finder.find(accepted.openedAs(source, other), view, Deadlines.ample()))
                .isInstanceOf(SocketFinder.NotLocated.class);
        assertThat(finder.find(accepted, view, Deadlines.ample())).isInstanceOf(SocketFinder.NotLocated.class);
    }

    /**
     * Mesos makes its root when it first starts after a boot, and a wrong root is never made. Neither justifies a
     * lasting refusal.
     */
    @ParameterizedTest
    @EnumSource
    void noLastingRefusalBeforeTheRootHoldsACgroup(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        CgroupConfig real = lab.config();
        LabProcess task = lab.container("task");
        Caller caller = lab.connect(task, LOOPBACK);
        CgroupConfig wrong = new CgroupConfig(
                real.version(), real.hierarchy(), real.netCls(), real.cgroupRoot() + "-other", real.proc());
        KernelAttestor attestor = new KernelAttestor(wrong, (started, ended) -> {}, true);
        open.add(attestor);

        assertThat(attestor.attest(caller, Deadlines.ample()))
                .isInstanceOfSatisfying(Unknown.class, unknown -> assertThat(unknown.reason())
                        .startsWith("there is no cgroup in " + wrong.mesosGroup() + " yet"));
        assertThat(attestor.cgroupsRootConfirmed()).isFalse();

        // as the redirect makes it for its rules
        Files.createDirectory(wrong.mesosGroup());
        try {
            assertThat(attestor.attest(caller, Deadlines.ample())).isInstanceOf(Unknown.class);

            Files.createDirectory(wrong.mesosGroup().resolve("first"));
            assertThat(attestor.attest(caller, Deadlines.ample())).isInstanceOf(NoContainer.class);
            assertThat(attestor.cgroupsRootConfirmed()).isTrue();

            Files.delete(wrong.mesosGroup().resolve("first"));
            assertThat(attestor.attest(caller, Deadlines.ample()))
                    .as("the last container has ended")
                    .isInstanceOf(NoContainer.class);
        } finally {
            Files.deleteIfExists(wrong.mesosGroup().resolve("first"));
            Files.delete(wrong.mesosGroup());
        }
        assertThat(attestor.attest(caller, Deadlines.ample())).isInstanceOf(Unknown.class);
        assertThat(attestor.cgroupsRootConfirmed()).isFalse();
    }

    @Test
    void foreignAddressIsRefused() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        lab.container("task", lab.network());

        assertThat(attestor(lab)
                        .attest(
                                new Caller(
                                        new InetSocketAddress(InetAddress.ofLiteral("192.0.2.77"), 40_000),
                                        new InetSocketAddress(InetAddress.ofLiteral(LOOPBACK), lab.port())),
                                Deadlines.ample()))
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

        assertThat(attestor(lab).attest(lab.connect(victim, victims.hostAddress()), Deadlines.ample()))
                .isEqualTo(attested("victim", victim, "address"));
    }

    @Test
    void containerThatTakesTheHostsAddressDoesNotOwnTheHostsConnections() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabNetwork thiefs = lab.network();
        lab.container("thief", thiefs);
        thiefs.add(thiefs.hostAddress() + "/32");
        LabProcess task = lab.container("task");

        assertThat(attestor(lab).attest(lab.connect(task, thiefs.hostAddress()), Deadlines.ample()))
                .isEqualTo(attested("task", task, "freezer"));
    }

    @Test
    void listeningSocketAtTheSourceIsNotTheCallers() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        lab.container("task");
        var listening = new InetSocketAddress(InetAddress.ofLiteral(LOOPBACK), lab.port());

        assertThat(attestor(lab)
                        .attest(
                                new Caller(listening, new InetSocketAddress(InetAddress.ofLiteral(LOOPBACK), 9)),
                                Deadlines.ample()))
                .isInstanceOf(Unknown.class);
    }

    /** A lookup that knows one socket. */
    private record FakeSockets(InetSocketAddress source, InetSocketAddress destination, SocketAnswer.Found socket)
            implements SocketLookup {
        @Override
        public SocketAnswer find(InetSocketAddress from, InetSocketAddress to, Deadline deadline) {
            return from.equals(source) && to.equals(destination) ? socket : new SocketAnswer.Absent();
        }

        @Override
        public void close() {}
    }
}
