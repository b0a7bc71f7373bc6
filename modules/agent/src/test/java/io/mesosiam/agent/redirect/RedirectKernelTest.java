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

/** Each kind of caller reaches the right server, on this machine's kernel, in the test's network namespaces. */
class RedirectKernelTest {
    /** Both programs, with the same rules. */
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
    void hostContainerAndNetwork() throws IOException {
        KernelAssumptions.canMakeNamespaces();
        lab = new Lab();
    }

    @AfterEach
    void removeEverything() throws IOException {
        if (lab != null) {
            lab.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void containerReachesTheAgentAtEveryAddress(Backend backend) {
        lab.startAgent();
        apply(backend, tasksByCgroup());

        assertThat(ServedAddress.values())
                .allSatisfy(address -> assertThat(Lab.connect(lab.container, address.text(), 80))
                        .isEqualTo("agent"));
    }

    @ParameterizedTest
    @EnumSource
    void taskOnTheHostsNetworkReachesTheAgentAndTheHostTheRealService(Backend backend) throws IOException {
        lab.startAgent();
        apply(backend, tasksByCgroup());

        assertThat(lab.connectAsTask("169.254.169.254")).isEqualTo("agent");
        assertThat(lab.connectAsTask("fd00:ec2::254")).isEqualTo("agent");
        assertThat(lab.connectAsTask("169.254.170.2")).isEqualTo("agent");
        assertThat(lab.connectAsService("169.254.169.254")).isEqualTo("real");
        assertThat(lab.connectAsService("fd00:ec2::254")).isEqualTo("real");
        assertThat(lab.connectAsService("169.254.170.23")).isEqualTo("agent");
    }

    @ParameterizedTest
    @EnumSource
    void withoutCgroupsOnlyTheNamedUsersReachTheRealService(Backend backend) {
        lab.startAgent();
        apply(backend, new HostUsers(new TreeSet<>(List.of(990, 991))));

        assertThat(lab.connectAsUser(990, "169.254.169.254")).isEqualTo("real");
        assertThat(lab.connectAsUser(991, "fd00:ec2::254")).isEqualTo("real");
        assertThat(lab.connectAsUser(992, "169.254.169.254")).isEqualTo("agent");
        assertThat(lab.connectAsUser(0, "169.254.169.254")).isEqualTo("agent");
    }

    @ParameterizedTest
    @EnumSource
    void withoutNamedUsersEveryHostProcessIsATask(Backend backend) {
        lab.startAgent();
        apply(backend, new HostUsers(new TreeSet<>()));

        assertThat(lab.connectAsUser(0, "169.254.169.254")).isEqualTo("agent");
        assertThat(lab.connectAsService("fd00:ec2::254")).isEqualTo("agent");
    }

    @ParameterizedTest
    @EnumSource
    void withoutAnAgentConnectionsAreRefused(Backend backend) throws IOException {
        apply(backend, tasksByCgroup());

        assertThat(Lab.connect(lab.container, "169.254.169.254", 80)).isEqualTo("refused");
        assertThat(Lab.connect(lab.container, "fd00:ec2::254", 80)).isEqualTo("refused");
        assertThat(lab.connectAsTask("169.254.169.254")).isEqualTo("refused");
        assertThat(lab.connectAsService("169.254.169.254")).isEqualTo("real");
    }

    @ParameterizedTest
    @CsvSource({
        "NFT, ::", "NFT, 0.0.0.0", "NFT, 172.30.0.1", "NFT, fd30::1", "NFT, 127.0.0.1", "NFT, ::1",
        "IPTABLES, ::", "IPTABLES, 0.0.0.0", "IPTABLES, 172.30.0.1", "IPTABLES, fd30::1", "IPTABLES, 127.0.0.1",
                "IPTABLES, ::1"
    })
    void otherListenerOnTheAgentsPortIsUnreachable(Backend backend, String address) throws IOException {
        lab.startForeignListener(address);
        apply(backend, tasksByCgroup());

        assertThat(ServedAddress.values()).allSatisfy(served -> {
            assertThat(Lab.connect(lab.container, served.text(), 80, TimeLimit.millis(3000)))
                    .isEqualTo("refused");
            assertThat(lab.connectAsTask(served.text())).isEqualTo("refused");
        });
        assertThat(Lab.connect(lab.host, "127.0.0.1", Lab.PORT)).isEqualTo("refused");
        assertThat(lab.connectAsService("169.254.169.254")).isEqualTo("real");
    }

    @ParameterizedTest
    @EnumSource
    void connectionsToAnotherListenerEndWithTheRules(Backend backend) throws IOException {
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
    void agentIsReachableAgainOnceItHasItsPort(Backend backend) throws IOException {
        var foreign = lab.startForeignListener("::");
        apply(backend, tasksByCgroup());
        assertThat(lab.connectAsTask("169.254.170.2")).isEqualTo("refused");
        foreign.close();
        lab.startAgent();

        assertThat(lab.connectAsTask("169.254.170.2")).isEqualTo("agent");
        assertThat(ServedAddress.values())
                .allSatisfy(address -> assertThat(Lab.connect(lab.container, address.text(), 80))
                        .isEqualTo("agent"));
    }

    /** The agent closes first, so that its end stays in TIME_WAIT; the same source port is reused before that ends. */
    @ParameterizedTest
    @EnumSource
    void sourcePortCanBeReusedAtOnce(Backend backend) {
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

    /**
     * Retries until this side's former connection from that port has ended: the acknowledgement of its FIN may still be
     * in flight.
     */
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
    void listingShowsWhetherTheGuardIsInstalled(Backend backend) throws RulesException {
        apply(backend, tasksByCgroup());
        var table = backend.table();
        var listing = lab.host.in(table::listing).orElseThrow();

        assertThat(table.guards(listing)).isTrue();
        assertThat(table.guards(listing.replaceAll(".*socket.*\n", ""))).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void agentsPortIsClosedToTheNetworkAndToDirectConnections(Backend backend) {
        lab.startAgent();
        apply(backend, tasksByCgroup());

        assertThat(Lab.connect(lab.network, "10.9.0.2", Lab.PORT)).isEqualTo("silence");
        assertThat(Lab.connect(lab.container, "172.30.0.1", Lab.PORT)).isEqualTo("silence");
        assertThat(Lab.connect(lab.host, "127.0.0.1", Lab.PORT)).isEqualTo("agent");
    }

    @ParameterizedTest
    @EnumSource
    void neighbourThatRoutesAServedAddressThroughThisHostIsNotServed(Backend backend) {
        lab.startAgent();
        lab.network.sh("ip addr del 169.254.170.2 dev lo; ip route add 169.254.170.2 via 10.9.0.2");
        apply(backend, tasksByCgroup());

        assertThat(Lab.connect(lab.network, "169.254.170.2", 80)).isEqualTo("silence");
    }

    @ParameterizedTest
    @EnumSource
    void containerCannotUseAllConnections(Backend backend) throws IOException {
        lab.startAgent();
        apply(backend, tasksByCgroup());
        var open = new ArrayList<Socket>();
        try {
            for (int i = 0; i < LIMIT; i++) {
                open.add(connected(lab.container, "169.254.170.2", "agent"));
            }

            assertThat(Lab.connect(lab.container, "169.254.169.254", 80)).isEqualTo("silence");
            assertThat(Lab.connect(lab.container, "fd00:ec2::23", 80))
                    .as("another address of the same container")
                    .isEqualTo("agent");
            assertThat(lab.connectAsTask("169.254.170.2")).as("another caller").isEqualTo("agent");
        } finally {
            for (var socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void userOnTheHostsNetworkCannotUseAllConnections() throws IOException {
        lab.startAgent();
        apply(Backend.NFT, tasksByCgroup());
        var open = new ArrayList<Socket>();
        try {
            for (int i = 0; i < LIMIT; i++) {
                open.add(connected(lab.host, "169.254.170.2", "agent"));
            }

            assertThat(lab.connectAsUser(0, "169.254.170.2")).isEqualTo("refused");
            assertThat(lab.connectAsUser(992, "169.254.170.2")).isEqualTo("agent");
            assertThat(Lab.connect(lab.container, "169.254.170.2", 80)).isEqualTo("agent");
        } finally {
            for (var socket : open) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void otherTrafficIsNotAffected(Backend backend) throws IOException {
        lab.host.owns(lab.host.in(() -> NameServer.listen("other", Lab.PORT + 1)));
        lab.network.owns(lab.network.in(() -> NameServer.listen("web", 8080)));
        apply(backend, tasksByCgroup());

        assertThat(Lab.connect(lab.network, "10.9.0.2", Lab.PORT + 1)).isEqualTo("other");
        assertThat(Lab.connect(lab.container, "fd30::1", Lab.PORT + 1)).isEqualTo("other");
        assertThat(Lab.connect(lab.container, "10.9.0.1", 8080)).isEqualTo("web");
        assertThat(Lab.connect(lab.container, "10.9.0.1", 80)).isEqualTo("real");
        assertThat(List.of("10.9.0.2", "fd09::2")).allSatisfy(address -> assertThat(lab.network.<Boolean>in(
                        () -> InetAddress.ofLiteral(address).isReachable(TimeLimit.millis(2000))))
                .isTrue());
    }

    @ParameterizedTest
    @EnumSource
    void connectionsOlderThanTheRulesAreReset(Backend backend) throws IOException {
        lab.startAgent();
        try (var container = connected(lab.container, "169.254.169.254")) {
            var task = lab.taskWithConnection("169.254.169.254");
            var output = task.inputReader();
            assertThat(output.readLine()).isEqualTo("real");
            try (var service = connected(lab.host, "169.254.169.254")) {
                apply(backend, tasksByCgroup());

                assertThatThrownBy(() -> again(container)).isInstanceOf(IOException.class);
                task.outputWriter().append("go on\n").flush();
                assertThat(output.readLine()).isEqualTo("cut");
                assertThat(again(service)).as("the host's own").isEqualTo("real");
            } finally {
                task.destroyForcibly().onExit().join();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void applyingTwiceChangesNothingAndRemovalIsComplete(Backend backend) throws RulesException {
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
        assertThat(Lab.connect(lab.container, "169.254.169.254", 80)).isEqualTo("real");
    }

    @ParameterizedTest
    @EnumSource
    void rulesOfOthersStay(Backend backend) throws RulesException {
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

    private static Socket connected(NetworkNamespace from, String address, String server) {
        return from.in(() -> {
            var socket = new Socket();
            socket.connect(new InetSocketAddress(address, 80), TimeLimit.millis(2000));
            socket.setSoTimeout(TimeLimit.millis(2000));
            assertThat(Lab.line(socket)).isEqualTo(server);
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
