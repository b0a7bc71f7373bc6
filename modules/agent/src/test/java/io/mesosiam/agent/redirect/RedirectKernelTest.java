package io.mesosiam.agent.redirect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.agent.redirect.HostBoundary.HostUsers;
import io.mesosiam.agent.redirect.HostBoundary.TaskCgroups;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each kind of caller gets where it should, on this machine's kernel, in network namespaces of the test's own. */
class RedirectKernelTest {
    /** Both programs, on the same model. */
    enum Backend {
        NFT,
        IPTABLES;

        RuleTable table() {
            return switch (this) {
                case NFT -> new NftTable(Tool.installed("nft").orElseThrow());
                case IPTABLES -> IptablesTable.installed().orElseThrow();
            };
        }
    }

    private static final int LIMIT = 5;

    private Lab lab;

    @BeforeEach
    void aHostAContainerAndANetwork() throws IOException {
        KernelAssumptions.canMakeNamespaces();
        lab = new Lab();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        if (lab != null) {
            lab.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aContainerReachesTheAgentAtEveryAddressAndTheRealServiceAtNone(Backend backend) {
        lab.startAgent();
        apply(backend, tasksByCgroup());

        assertThat(ServedAddress.values()).allSatisfy(address -> assertThat(Lab.ask(lab.container, address.text(), 80))
                .isEqualTo("agent"));
    }

    @ParameterizedTest
    @EnumSource
    void aTaskOnTheHostsNetworkReachesTheAgentAndTheHostTheRealMetadata(Backend backend) throws IOException {
        lab.startAgent();
        apply(backend, tasksByCgroup());

        assertThat(lab.askAsTask("169.254.169.254")).isEqualTo("agent");
        assertThat(lab.askAsTask("fd00:ec2::254")).isEqualTo("agent");
        assertThat(lab.askAsTask("169.254.170.2")).isEqualTo("agent");
        assertThat(lab.askAsService("169.254.169.254")).isEqualTo("real");
        assertThat(lab.askAsService("fd00:ec2::254")).isEqualTo("real");
        assertThat(lab.askAsService("169.254.170.23")).isEqualTo("agent");
    }

    @ParameterizedTest
    @EnumSource
    void withoutCgroupsOnlyTheNamedUsersReachTheRealMetadata(Backend backend) {
        lab.startAgent();
        apply(backend, new HostUsers(new TreeSet<>(List.of(990, 991))));

        assertThat(lab.askAsUser(990, "169.254.169.254")).isEqualTo("real");
        assertThat(lab.askAsUser(991, "fd00:ec2::254")).isEqualTo("real");
        assertThat(lab.askAsUser(992, "169.254.169.254")).isEqualTo("agent");
        assertThat(lab.askAsUser(0, "169.254.169.254")).isEqualTo("agent");
    }

    @ParameterizedTest
    @EnumSource
    void whereNobodyIsNamedEverythingOnTheHostIsATask(Backend backend) {
        lab.startAgent();
        apply(backend, new HostUsers(new TreeSet<>()));

        assertThat(lab.askAsUser(0, "169.254.169.254")).isEqualTo("agent");
        assertThat(lab.askAsService("fd00:ec2::254")).isEqualTo("agent");
    }

    @ParameterizedTest
    @EnumSource
    void aDeadAgentIsRefusalNeverTheRealService(Backend backend) throws IOException {
        apply(backend, tasksByCgroup());

        assertThat(Lab.ask(lab.container, "169.254.169.254", 80)).isEqualTo("refused");
        assertThat(Lab.ask(lab.container, "fd00:ec2::254", 80)).isEqualTo("refused");
        assertThat(lab.askAsTask("169.254.169.254")).isEqualTo("refused");
        assertThat(lab.askAsService("169.254.169.254")).isEqualTo("real");
    }

    @ParameterizedTest
    @CsvSource({
        "NFT, ::", "NFT, 0.0.0.0", "NFT, 172.30.0.1", "NFT, fd30::1", "NFT, 127.0.0.1", "NFT, ::1",
        "IPTABLES, ::", "IPTABLES, 0.0.0.0", "IPTABLES, 172.30.0.1", "IPTABLES, fd30::1", "IPTABLES, 127.0.0.1",
                "IPTABLES, ::1"
    })
    void aForeignListenerOnTheAgentsPortIsRefusedToEveryCaller(Backend backend, String address) throws IOException {
        lab.startForeignListener(address);
        apply(backend, tasksByCgroup());

        assertThat(ServedAddress.values()).allSatisfy(served -> {
            assertThat(Lab.ask(lab.container, served.text(), 80, TimeLimit.millis(3000)))
                    .isEqualTo("refused");
            assertThat(lab.askAsTask(served.text())).isEqualTo("refused");
        });
        assertThat(Lab.ask(lab.host, "127.0.0.1", Lab.PORT)).isEqualTo("refused");
        assertThat(lab.askAsService("169.254.169.254")).isEqualTo("real");
    }

    @ParameterizedTest
    @EnumSource
    void connectionsToAForeignListenerEndWithTheRules(Backend backend) throws IOException {
        lab.startForeignListener("::");
        try (var open = lab.host.in(() -> new Socket(InetAddress.getLoopbackAddress(), Lab.PORT))) {
            open.setSoTimeout(TimeLimit.millis(2000));
            assertThat(Lab.line(open)).isEqualTo("foreign");
            apply(backend, tasksByCgroup());

            assertThatThrownBy(() -> again(open)).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theAgentIsReachedAgainOnceItHasItsPort(Backend backend) throws IOException {
        var foreign = lab.startForeignListener("::");
        apply(backend, tasksByCgroup());
        assertThat(lab.askAsTask("169.254.170.2")).isEqualTo("refused");
        foreign.close();
        lab.startAgent();

        assertThat(lab.askAsTask("169.254.170.2")).isEqualTo("agent");
        assertThat(ServedAddress.values()).allSatisfy(address -> assertThat(Lab.ask(lab.container, address.text(), 80))
                .isEqualTo("agent"));
    }

    /** The agent closes first, so that its end waits; the same source port comes again before that has ended. */
    @ParameterizedTest
    @EnumSource
    void aSourcePortCanBeUsedAgainAtOnce(Backend backend) {
        var agent = lab.startAgent();
        apply(backend, tasksByCgroup());

        for (int i = 0; i < 3; i++) {
            assertThat(lab.container.<String>in(() -> {
                        try (var socket = connectedFrom(40001)) {
                            var line = Lab.line(socket);
                            agent.closeFirst();
                            assertThat(socket.getInputStream().read()).isNegative();
                            return line;
                        }
                    }))
                    .isEqualTo("agent");
        }
    }

    /** Once this side's former connection from that port has ended: the acknowledgement of its end may still be on the way. */
    private static Socket connectedFrom(int port) throws IOException {
        long until = System.nanoTime() + TimeLimit.seconds(3).toNanos();
        while (true) {
            var socket = new Socket();
            try {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(port));
                socket.setSoTimeout(TimeLimit.millis(3000));
                socket.connect(
                        new InetSocketAddress(InetAddress.ofLiteral("169.254.170.2"), 80), TimeLimit.millis(3000));
                return socket;
            } catch (IOException e) {
                socket.close();
                if (!(e instanceof BindException) || System.nanoTime() > until) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theListingSaysWhetherTheGuardIsThere(Backend backend) throws RulesException {
        apply(backend, tasksByCgroup());
        var table = backend.table();
        var listing = lab.host.in(table::listing).orElseThrow();

        assertThat(table.guards(listing)).isTrue();
        assertThat(table.guards(listing.replaceAll(".*socket.*\n", ""))).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void theAgentsPortIsClosedToTheNetworkAndToContainersThatCallItDirectly(Backend backend) {
        lab.startAgent();
        apply(backend, tasksByCgroup());

        assertThat(Lab.ask(lab.network, "10.9.0.2", Lab.PORT)).isEqualTo("silence");
        assertThat(Lab.ask(lab.container, "172.30.0.1", Lab.PORT)).isEqualTo("silence");
        assertThat(Lab.ask(lab.host, "127.0.0.1", Lab.PORT)).isEqualTo("agent");
    }

    @ParameterizedTest
    @EnumSource
    void aNeighbourThatRoutesAServedAddressThroughThisHostIsNotServed(Backend backend) {
        lab.startAgent();
        lab.network.sh("ip addr del 169.254.170.2 dev lo; ip route add 169.254.170.2 via 10.9.0.2");
        apply(backend, tasksByCgroup());

        assertThat(Lab.ask(lab.network, "169.254.170.2", 80)).isEqualTo("silence");
    }

    @ParameterizedTest
    @EnumSource
    void oneContainerCantTakeAllConnectionsOfTheAgent(Backend backend) throws IOException {
        lab.startAgent();
        apply(backend, tasksByCgroup());
        var open = new ArrayList<Socket>();
        try {
            for (int i = 0; i < LIMIT; i++) {
                open.add(connected(lab.container, "169.254.170.2", "agent"));
            }

            assertThat(Lab.ask(lab.container, "169.254.169.254", 80)).isEqualTo("silence");
            assertThat(Lab.ask(lab.container, "fd00:ec2::23", 80))
                    .as("another address of its own")
                    .isEqualTo("agent");
            assertThat(lab.askAsTask("169.254.170.2")).as("somebody else").isEqualTo("agent");
        } finally {
            for (var socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void oneUserOnTheHostsNetworkCantTakeAllConnectionsOfTheAgent() throws IOException {
        lab.startAgent();
        apply(Backend.NFT, tasksByCgroup());
        var open = new ArrayList<Socket>();
        try {
            for (int i = 0; i < LIMIT; i++) {
                open.add(connected(lab.host, "169.254.170.2", "agent"));
            }

            assertThat(lab.askAsUser(0, "169.254.170.2")).isEqualTo("refused");
            assertThat(lab.askAsUser(992, "169.254.170.2")).isEqualTo("agent");
            assertThat(Lab.ask(lab.container, "169.254.170.2", 80)).isEqualTo("agent");
        } finally {
            for (var socket : open) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRestOfTheTrafficPasses(Backend backend) throws IOException {
        lab.host.owns(lab.host.in(() -> NameServer.listen("other", Lab.PORT + 1)));
        lab.network.owns(lab.network.in(() -> NameServer.listen("web", 8080)));
        apply(backend, tasksByCgroup());

        assertThat(Lab.ask(lab.network, "10.9.0.2", Lab.PORT + 1)).isEqualTo("other");
        assertThat(Lab.ask(lab.container, "fd30::1", Lab.PORT + 1)).isEqualTo("other");
        assertThat(Lab.ask(lab.container, "10.9.0.1", 8080)).isEqualTo("web");
        assertThat(Lab.ask(lab.container, "10.9.0.1", 80)).isEqualTo("real");
        assertThat(List.of("10.9.0.2", "fd09::2")).allSatisfy(address -> assertThat(lab.network.<Boolean>in(
                        () -> InetAddress.ofLiteral(address).isReachable(TimeLimit.millis(2000))))
                .isTrue());
    }

    @ParameterizedTest
    @EnumSource
    void connectionsOlderThanTheRulesAreCut(Backend backend) throws IOException {
        lab.startAgent();
        try (var container = connected(lab.container, "169.254.169.254")) {
            var task = lab.taskWithConnection("169.254.169.254");
            var said = task.inputReader();
            assertThat(said.readLine()).isEqualTo("real");
            try (var service = connected(lab.host, "169.254.169.254")) {
                apply(backend, tasksByCgroup());

                assertThatThrownBy(() -> again(container)).isInstanceOf(IOException.class);
                task.outputWriter().append("go on\n").flush();
                assertThat(said.readLine()).isEqualTo("cut");
                assertThat(again(service)).as("the host's own").isEqualTo("real");
            } finally {
                task.destroyForcibly().onExit().join();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void applyingTwiceChangesNothingAndRemovingTakesAllAway(Backend backend) throws RulesException {
        var table = backend.table();
        lab.startAgent();
        var untouched = ruleset();
        apply(backend, tasksByCgroup());
        var once = lab.host.in(table::listing);
        apply(backend, tasksByCgroup());

        assertThat(lab.host.in(table::listing)).isEqualTo(once).isPresent();

        lab.host.in(() -> {
            table.remove();
            table.remove();
            return true;
        });
        assertThat(lab.host.in(table::listing)).isEmpty();
        assertThat(ruleset()).doesNotContainIgnoringCase("mesos_iam").contains(untouched);
        assertThat(Lab.ask(lab.container, "169.254.169.254", 80)).isEqualTo("real");
    }

    @ParameterizedTest
    @EnumSource
    void othersRulesStay(Backend backend) throws RulesException {
        lab.host.sh("iptables -t nat -A PREROUTING -d 192.0.2.1 -p tcp --dport 80 -j REDIRECT --to-ports 1");
        apply(backend, tasksByCgroup());
        lab.host.in(() -> {
            backend.table().remove();
            return true;
        });

        assertThat(lab.host.sh("iptables -t nat -S")).contains("192.0.2.1");
    }

    private String ruleset() {
        return lab.host
                .sh("nft list ruleset | grep mesos_iam || true; iptables-save | grep MESOS_IAM || true")
                .strip();
    }

    private TaskCgroups tasksByCgroup() {
        return new TaskCgroups(List.of(lab.taskCgroup()));
    }

    private void apply(Backend backend, HostBoundary boundary) {
        lab.host.in(() -> {
            var uplinks = Uplinks.read(Path.of("/proc/thread-self/net"));
            assertThat(uplinks).containsExactly("up0");
            backend.table().apply(new RedirectRules(Lab.PORT, boundary, uplinks, LIMIT, true));
            return true;
        });
    }

    private static Socket connected(NetworkNamespace from, String address) {
        return connected(from, address, "real");
    }

    private static Socket connected(NetworkNamespace from, String address, String who) {
        return from.in(() -> {
            var socket = new Socket();
            socket.connect(new InetSocketAddress(address, 80), TimeLimit.millis(2000));
            socket.setSoTimeout(TimeLimit.millis(2000));
            assertThat(Lab.line(socket)).isEqualTo(who);
            return socket;
        });
    }

    private static String again(Socket socket) throws IOException {
        socket.getOutputStream().write('\n');
        var line = Lab.line(socket);
        if (line.isEmpty()) {
            throw new IOException("closed");
        }
        return line;
    }
}
