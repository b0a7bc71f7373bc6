package io.mesosiam.channel.handshake;

import static io.mesosiam.channel.ChannelFixture.S1;
import static io.mesosiam.channel.ChannelFixture.hello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.channel.ChannelFixture;
import io.mesosiam.channel.ChannelLog;
import io.mesosiam.channel.Deliveries;
import io.mesosiam.channel.StreamClient;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestTls;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The controller's log for certificates that one side refuses, with real ones. */
class RefusedCertificatesTest {
    private final ChannelFixture fixture = new ChannelFixture();
    private final ChannelLog log = new ChannelLog();

    @AfterEach
    void close() {
        log.close();
        fixture.close();
    }

    /** Completes a handshake and waits for the controller to end the connection or to refuse the certificate. */
    private void handshake(Path ca, Optional<TestCa.Identity> identity) throws IOException {
        try (SSLSocket socket = (SSLSocket)
                TestTls.context(ca, identity).getSocketFactory().createSocket("localhost", fixture.channel.port())) {
            socket.setSoTimeout(Math.toIntExact(TimeLimit.seconds(20).toMillis()));
            socket.startHandshake();
            int ignored = socket.getInputStream().read();
        }
    }

    private void assertRefused(Optional<TestCa.Identity> identity) {
        assertThatThrownBy(() -> handshake(fixture.ca(), identity)).isInstanceOf(IOException.class);
    }

    private void assertLogged(String reason) {
        long end = System.nanoTime() + TimeLimit.seconds(20).toNanos();
        while (log.lines().stream().noneMatch(line -> isRefusal(line, reason))) {
            assertThat(System.nanoTime() - end)
                    .as("a line with " + reason + " in " + log.lines())
                    .isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static boolean isRefusal(String line, String reason) {
        return line.contains("agent certificate refused address=127.0.0.1")
                && line.contains("reason=\"" + reason)
                && line.contains("cure=\"");
    }

    @Test
    void validCertificateIsAcceptedAndNothingIsLogged() throws Exception {
        fixture.open();
        fixture.events.next();

        assertThat(log.lines()).noneMatch(line -> line.contains("refused"));
    }

    @Test
    void connectionWithoutAHelloDoesNotAffectTheStreamOfItsHost() throws Exception {
        StreamClient running = fixture.open();
        fixture.events.next();

        fixture.connect(fixture.host1()).close();

        assertThat(fixture.channel.deliver(S1, Deliveries.refuse("still here"))).isTrue();
        assertThat(running.receive().toString()).contains("still here");
        assertThat(fixture.events.isEmpty()).isTrue();
    }

    @Test
    void certificateOfAnotherCaIsLogged() {
        assertRefused(Optional.of(fixture.stranger()));
        assertLogged("the agent's certificate is not of a CA in mesos-iam.channel.ca-file");
    }

    @Test
    void expiredCertificateIsLogged() {
        assertRefused(Optional.of(fixture.expired()));
        assertLogged("the agent's certificate has expired");
    }

    @Test
    void missingCertificateIsLogged() {
        assertRefused(Optional.empty());
        assertLogged("the peer sent no certificate");
    }

    @Test
    void refusalByTheAgentIsLogged() {
        assertThatThrownBy(() -> handshake(fixture.otherCa(), Optional.of(fixture.host1())))
                .isInstanceOf(IOException.class);
        assertLogged("the agent refused this controller's certificate");
    }

    @Test
    void certificateWithoutAlternativeNamesIsExplainedAtHello() throws Exception {
        StreamClient agent = fixture.connect(fixture.nameless());
        agent.send(hello(S1));

        Fault fault = agent.receiveEnd();
        assertThat(fault.code()).isEqualTo("host-mismatch");
        assertThat(fault.message()).contains("no DNS name and no IP address");
    }

    @Test
    void repeatedRefusalsOfAHostLogOneLine() {
        for (int i = 0; i < 5; i++) {
            assertRefused(Optional.of(fixture.stranger()));
        }

        assertLogged("the agent's certificate");
        assertThat(log.lines().stream().filter(line -> line.contains("certificate refused")))
                .hasSize(1);
    }
}
