package io.mesosiam.agent.enrol;

import static io.mesosiam.agent.enrol.FakeEnrolmentPort.keyOf;
import static io.mesosiam.agent.enrol.FakeEnrolmentPort.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.mesosiam.agent.config.ProofSource;
import io.mesosiam.fakes.TestPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An EC2 instance that enrols with its identity document. A real HTTP server in the role of the metadata service. */
class Ec2EnrolmentTest extends EnrolmentFixture {
    private static final String ENROL = "POST /v1/enrol";
    private static final String IDENTITY = "TUlJRGZha2U=";

    private final List<HttpServer> servers = new ArrayList<>();
    private Records records;

    @BeforeEach
    void instance() throws Exception {
        records = new Records();
        Files.delete(tokenFile());
        proof = new ProofSource.Ec2(own.pin());
        metadata = List.of(service(200, "TUlJRGZh\na2U=\n"));
    }

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
        records.close();
    }

    private InetSocketAddress service(int status, String body) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/latest/api/token", exchange -> {
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write("token".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        server.createContext("/latest/dynamic/instance-identity/rsa2048", exchange -> {
            boolean authorized = "token".equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token"));
            byte[] answer = body.getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(authorized ? status : 401, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        servers.add(server);
        return server.getAddress();
    }

    @Test
    void instanceIsEnrolledWithItsIdentityDocument() throws Exception {
        assertThat(started(port.uri()).turn()).isZero();

        assertThat(port.requests().getLast()).endsWith("\",\"ec2Identity\":\"" + IDENTITY + "\"}");
        assertThat(stored().authorities()).containsExactly(own.root());
    }

    @Test
    void documentIsNotSentToOtherControllersThanThePinnedOnes() throws Exception {
        proof = new ProofSource.Ec2(new TestAuthority("other").pin());

        assertThat(started(port.uri()).turn()).isPositive();

        assertThat(port.requests()).containsExactly("GET /v1/authorities HTTP/1.0 ");
        assertThat(records.parameters())
                .anyMatch(line -> line.contains("MESOS_IAM_AGENT_ENROL_PIN is of another installation"));
    }

    @Test
    void expiredCertificateIsReplacedForTheSameKeySinceAnotherKeyIsAnotherClaim() throws Exception {
        started(port.uri()).turn();
        Object before = keyInUse();
        clock.advance(Duration.ofDays(3));
        port.on(ENROL, port.signs(clock.instant()));

        assertThat(started(port.uri()).turn()).isZero();

        assertThat(keyOf(port.requests().getLast())).isEqualTo(before);
        assertThat(keyInUse()).isEqualTo(before);
        assertThat(stored().expired(clock.instant())).isFalse();
    }

    @Test
    void evictedInstanceRequestsACertificateForAnotherKey() throws Exception {
        Enrolment enrolment = started(port.uri());
        enrolment.turn();
        Object before = keyInUse();
        enrolment.exchange().notAccepted(true);
        port.on(ENROL, status(403, "{\"code\":\"refused\"}"));
        clock.advance(enrolment.turn());

        port.on(ENROL, port.signs(clock.instant()));
        assertThat(enrolment.turn()).isZero();

        assertThat(keyInUse()).isNotEqualTo(before);
        int requests = port.requests().size();
        assertThat(enrolment.turn()).isPositive();
        assertThat(port.requests()).hasSize(requests);
    }

    @Test
    void instanceWhoseAuthorityWasRemovedKeepsItsKeySinceAnotherKeyIsAnotherClaim() throws Exception {
        Enrolment enrolment = started(port.uri());
        enrolment.turn();
        Object before = keyInUse();
        enrolment.exchange().notAccepted(false);
        port.on(ENROL, port.signs(clock.instant()));

        assertThat(enrolment.turn()).isZero();

        assertThat(keyInUse()).isEqualTo(before);
        assertThat(port.requests())
                .filteredOn(request -> request.startsWith(ENROL))
                .hasSize(2);
        assertThat(enrolment.turn()).isPositive();
        assertThat(port.requests())
                .filteredOn(request -> request.startsWith(ENROL))
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"404, not found, status 404", "200, <html>, status 200", "500, '', status 500"})
    void serviceWithoutADocumentIsNamed(int status, String body, String text) throws Exception {
        metadata = List.of(service(status, body));

        assertThat(started(port.uri()).turn()).isPositive();

        assertThat(records.parameters()).anyMatch(line -> line.contains(text) && line.contains("ENROL_PIN"));
        assertThat(port.requests()).isEmpty();
    }

    @Test
    void addressWithoutAServiceIsSkippedAndHostWithoutOneLogsWhatToDo() throws Exception {
        InetSocketAddress none = new InetSocketAddress(InetAddress.getLoopbackAddress(), TestPort.claim());
        List<InetSocketAddress> service = metadata;
        metadata = List.of(none);
        assertThat(started(port.uri()).turn()).isPositive();
        assertThat(records.parameters())
                .anyMatch(line -> line.contains("no instance metadata service answers on this host"));

        metadata = List.of(none, service.getFirst());
        assertThat(started(port.uri()).turn()).isZero();
    }

    @Test
    void documentIsNeitherLoggedNorShown() throws Exception {
        port.on(ENROL, status(403, "{\"code\":\"refused\"}"));

        started(port.uri()).turn();

        assertThat(records.parameters()).isNotEmpty().noneMatch(line -> line.contains(IDENTITY));
        assertThat(applicant().proof().toString()).doesNotContain(IDENTITY);
    }
}
