package io.mesosiam.agent.redirect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules while no agent listens, or another program does. */
class AbsentAgentTest extends RedirectFixture {
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
                LockSupport.parkNanos(1_000_000);
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
}
