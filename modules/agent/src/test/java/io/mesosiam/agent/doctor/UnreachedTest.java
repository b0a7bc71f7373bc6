package io.mesosiam.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.mesosiam.agent.doctor.Finding.Level;
import io.mesosiam.agent.redirect.HostBoundary.HostUsers;
import io.mesosiam.agent.redirect.HostBoundary.TaskClasses;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TestTls;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.WebSocket;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnreachedTest {
    private static Finding check(String host, int port) {
        return new ControllerCheck(
                        List.of(URI.create("wss://" + host + ":" + port)),
                        () -> "S1",
                        SSLContext::getDefault,
                        true,
                        TimeLimit.of(ControllerCheck.USUAL_LIMIT))
                .findings()
                .getFirst();
    }

    @Test
    void exceptionsWithoutAMessageAreExplained() {
        assertThat(Unreached.of(new IOException(new ConnectException())))
                .get()
                .extracting(Unreached::text)
                .isEqualTo("connection refused");
        assertThat(Unreached.of(new IOException(new ConnectException().initCause(new UnresolvedAddressException()))))
                .get()
                .extracting(Unreached::text)
                .isEqualTo("no such host");
        assertThat(Unreached.of(new UnknownHostException("a.example")))
                .get()
                .extracting(Unreached::text)
                .isEqualTo("no such host");
        assertThat(Unreached.of(new SocketTimeoutException("Connect timed out")))
                .get()
                .extracting(Unreached::text)
                .isEqualTo("no answer in time");
        assertThat(Unreached.of(new HttpConnectTimeoutException("HTTP connect timed out")))
                .get()
                .extracting(Unreached::text)
                .isEqualTo("no answer in time");
        assertThat(Unreached.of(new IOException("closed"))).isEmpty();
    }

    @Test
    void answerThatOpensNoStreamNamesTheSetting() throws Exception {
        HttpServer enrolment = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        enrolment.start();
        try (HttpClient client = HttpClient.newHttpClient()) {
            Throwable failure = client.newWebSocketBuilder()
                    .buildAsync(
                            URI.create(
                                    "ws://127.0.0.1:" + enrolment.getAddress().getPort()),
                            new WebSocket.Listener() {})
                    .handle((_, thrown) -> thrown)
                    .join();

            assertThat(Unreached.of(failure))
                    .contains(new Unreached("it answers 404, but not as a controller", Unreached.AGENT_PORT));
        } finally {
            enrolment.stop(0);
        }
    }

    @Test
    void portWithoutAListenerIsReportedAsRefused() throws Exception {
        assertThat(check("127.0.0.1", TestPort.claim()).toString())
                .contains("can't be reached: connection refused: check that");
    }

    @Test
    void portWithoutTlsIsReportedAsTheWrongOne() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread answering = Thread.ofVirtual().start(() -> {
                try (var caller = server.accept()) {
                    caller.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    int ignored = caller.getInputStream().read(new byte[4096]);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });

            assertThat(check("127.0.0.1", server.getLocalPort()).toString())
                    .contains("does not use TLS: name the controller's agent port")
                    .doesNotContain("look for this host's address");
            answering.join();
        }
    }

    @Test
    void controllerThatAcceptsAndIsSilentIsSaidNotToAnswer() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Finding finding = new ControllerCheck(
                            List.of(URI.create("wss://localhost:" + silent.getLocalPort())),
                            () -> "S1",
                            SSLContext::getDefault,
                            true,
                            Duration.ofSeconds(1))
                    .findings()
                    .getFirst();

            assertThat(finding.text()).endsWith(" accepts the connection and doesn't answer within 1 s");
        }
    }

    @Test
    void certificateRefusedAfterTheRequestIsExplained(@TempDir Path directory) throws Exception {
        TestCa ca = TestCa.in(directory);
        TestCa other = TestCa.in(Files.createDirectory(directory.resolve("other")));
        try (LateRefusal late = new LateRefusal(ca.certificateFile(), ca.issue("dns:localhost"))) {
            Finding finding = new ControllerCheck(
                            List.of(URI.create("wss://localhost:" + late.port())),
                            () -> "S1",
                            () -> TestTls.context(ca.certificateFile(), Optional.of(other.issue("dns:localhost"))),
                            true,
                            TimeLimit.of(ControllerCheck.USUAL_LIMIT))
                    .findings()
                    .getFirst();

            assertThat(finding.text()).contains("the controller refused this agent's certificate");
            assertThat(finding.level()).isEqualTo(Level.FAILURE);
        }
    }

    @Test
    void boundaryByClassesOnAHostWithoutThemIsNotOk() {
        assertThat(RulesCheck.boundary(new TaskClasses(0x12), false).level()).isEqualTo(Level.FAILURE);
        assertThat(RulesCheck.boundary(new TaskClasses(0x12), true).level()).isEqualTo(Level.OK);
    }

    @Test
    void missingBoundaryIsReportedOnlyForInstalledRules() {
        assertThat(RulesCheck.boundary(new HostUsers(new TreeSet<>()), false).text())
                .contains("while the rules are installed, no process");
    }
}
