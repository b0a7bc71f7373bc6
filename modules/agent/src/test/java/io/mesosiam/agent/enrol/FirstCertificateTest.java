package io.mesosiam.agent.enrol;

import static io.mesosiam.agent.enrol.FakeEnrolmentPort.body;
import static io.mesosiam.agent.enrol.FakeEnrolmentPort.keyOf;
import static io.mesosiam.agent.enrol.FakeEnrolmentPort.signs;
import static io.mesosiam.agent.enrol.FakeEnrolmentPort.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.enrol.TestAuthority.Leaf;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TimeLimit;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FirstCertificateTest {
    private static Instant now;
    private static final String ENROL = "POST /v1/enrol";
    private static final String AUTHORITIES = "GET /v1/authorities";
    private static final Duration LIMIT = TimeLimit.seconds(10);

    private static TestAuthority own;
    private static TestAuthority other;

    private final KeyPair key = SigningRequest.newKey();
    private FakeEnrolmentPort port;

    @BeforeAll
    static void authorities() throws Exception {
        now = Instant.now();
        own = new TestAuthority("own");
        other = new TestAuthority("other");
    }

    @BeforeEach
    void listen() throws Exception {
        port = new FakeEnrolmentPort(own);
    }

    @AfterEach
    void close() throws Exception {
        port.close();
    }

    private Attempt request(URI controller, Duration limit) throws Exception {
        return new FirstCertificate(InstantSource.fixed(now), limit)
                .request(controller, Proof.of(own.token()), HostName.of("host-1"), key);
    }

    private Attempt request() throws Exception {
        return request(port.uri(), LIMIT);
    }

    private static String reason(Attempt attempt) {
        assertThat(attempt).isInstanceOf(Attempt.Failed.class);
        return ((Attempt.Failed) attempt).reason();
    }

    /** No request had the token. */
    private void assertTokenNotSent() {
        assertThat(port.requests()).noneMatch(request -> request.contains("mij_"));
    }

    @Test
    void certificateOfAPinnedAuthorityIsIssued() throws Exception {
        Attempt attempt = request();

        assertThat(attempt).isInstanceOf(Attempt.Issued.class);
        IssuedCertificate issued = ((Attempt.Issued) attempt).certificate();
        assertThat(issued.leaf().getPublicKey()).isEqualTo(key.getPublic());
        assertThat(issued.authorities()).containsExactly(own.root());
        assertThat(port.requests()).hasSize(2);
        assertThat(port.requests().getFirst()).isEqualTo("GET /v1/authorities HTTP/1.0 ");
        assertThat(port.requests().getLast())
                .startsWith(
                        "POST /v1/enrol HTTP/1.0 {\"hostname\":\"host-1\",\"csr\":\"-----BEGIN CERTIFICATE REQUEST-----\\n")
                .endsWith("\",\"joinToken\":\"" + new String(own.token().text().reveal(), StandardCharsets.US_ASCII)
                        + "\"}");
        assertThat(keyOf(port.requests().getLast())).isEqualTo(key.getPublic());
    }

    @Test
    void rootsThatAreNotPinnedAreNotTrusted() throws Exception {
        port.on(AUTHORITIES, status(200, other.rootPem() + own.rootPem()));
        assertThat(request()).isInstanceOf(Attempt.Issued.class);

        port.on(ENROL, signs(now, other));
        assertThat(reason(request())).contains("none of the authorities");
    }

    @Test
    void tokenIsNotSentIfThePinDiffers() throws Exception {
        port.on(AUTHORITIES, status(200, other.rootPem()));

        assertThat(reason(request()))
                .contains("none of its roots has the pinned key")
                .contains(own.pin().text(), other.pin().text(), "No proof was sent", "Ask your operator");
        assertTokenNotSent();
    }

    @Test
    void tokenIsNotSentToAServerThatRelaysTheRootAlone() throws Exception {
        try (FakeEnrolmentPort rogue = new FakeEnrolmentPort(own, other.server("localhost", now))) {
            assertThat(reason(request(rogue.uri(), LIMIT)))
                    .contains("does not lead to the pinned root", "No proof was sent");
            assertThat(rogue.requests()).containsExactly("GET /v1/authorities HTTP/1.0 ");
        }
    }

    @Test
    void tokenIsNotSentToAServerWithAnotherName() throws Exception {
        try (FakeEnrolmentPort misnamed = new FakeEnrolmentPort(own, own.server("elsewhere", now))) {
            assertThat(reason(request(misnamed.uri(), LIMIT)))
                    .contains(
                            "names another host", "MESOS_IAM_AGENT_ENROL", "a name that the controller's certificate");
            assertThat(misnamed.requests()).containsExactly("GET /v1/authorities HTTP/1.0 ");
        }
    }

    @Test
    void tokenIsNotSentToAServerWhoseCertificateHasExpired() throws Exception {
        Instant before = now.minus(Duration.ofDays(3));
        try (FakeEnrolmentPort expired = new FakeEnrolmentPort(own, own.server("localhost", before))) {
            assertThat(reason(request(expired.uri(), LIMIT))).contains("has expired or is not valid yet", "clocks");
            assertThat(expired.requests()).containsExactly("GET /v1/authorities HTTP/1.0 ");
        }
    }

    @Test
    void portOfTheAgentsStreamsIsRecognized() throws Exception {
        try (FakeEnrolmentPort agents = FakeEnrolmentPort.demandingCertificates(own)) {
            assertThat(reason(request(agents.uri(), LIMIT)))
                    .contains("it demands a certificate", "mesos-iam.channel.port")
                    .endsWith("write in MESOS_IAM_AGENT_ENROL the enrolment port (mesos-iam.enrol.port)");
        }
    }

    @Test
    void statusesOfTheContractAreUnderstood() throws Exception {
        port.on(ENROL, status(403, "{\"code\":\"refused\"}"));
        assertThat(request()).isEqualTo(new Attempt.Refused());

        port.on(ENROL, status(429, "{}", "Retry-After: 17"));
        assertThat(((Attempt.Failed) request()).retryAfter()).contains(Duration.ofSeconds(17));

        port.on(ENROL, status(503, "{\"code\":\"unavailable\"}", "Retry-After: 5"));
        assertThat(((Attempt.Failed) request()).retryAfter()).contains(Duration.ofSeconds(5));

        port.on(ENROL, status(503, "", "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT"));
        assertThat(((Attempt.Failed) request()).retryAfter()).isEmpty();

        port.on(ENROL, status(400, "{\"code\":\"malformed\",\"message\":\"csr: is\\nempty\"}"));
        assertThat(reason(request())).contains("csr: is empty", "versions");
    }

    private static Arguments row(String name, FakeEnrolmentPort.Answer answer, String message) {
        return Arguments.of(name, answer, message);
    }

    private static FakeEnrolmentPort.Answer leaf(GeneralName name) {
        return (out, request) -> status(
                        200, body(own.chain(Leaf.of(keyOf(request), now).named(name)), own.rootPem()))
                .write(out, request);
    }

    static Stream<Arguments> unacceptable() throws Exception {
        String unbounded = "x".repeat(200_000);
        String answer = body(own.chain(Leaf.of(SigningRequest.newKey().getPublic(), now)), own.rootPem());
        return Stream.of(
                row("another key's certificate", status(200, answer), "not for the key of this agent"),
                row(
                        "another host's certificate",
                        leaf(new GeneralName(GeneralName.dNSName, "host-2")),
                        "for host-2, this host is host-1"),
                row("an expired certificate", signs(now.minus(Duration.ofDays(2)), own), "correct the clock"),
                row("a certificate of the future", signs(now.plus(Duration.ofDays(2)), own), "correct the clock"),
                row("half an object", status(200, answer.substring(0, 300)), "its answer is malformed JSON"),
                row("a key twice", status(200, "{\"certificate\":\"a\",\"certificate\":\"b\"}"), "malformed JSON"),
                row("no object", status(200, "[]"), "its answer is no JSON object"),
                row("more behind the object", status(200, "{} {}"), "its answer is no JSON object"),
                row("no field", status(200, "{\"authorities\":\"x\"}"), "has no certificate"),
                row("a field that is no text", status(200, "{\"certificate\":{},\"authorities\":1}"), "no certificate"),
                row("nothing", (_, _) -> {}, "the answer ends before its body"),
                row("a long body", status(200, unbounded), "longer than 131072 bytes"),
                row("an endless line", (out, _) -> out.write(unbounded.getBytes(StandardCharsets.US_ASCII)), "a line"),
                row(
                        "a body that never ends",
                        (out, _) -> {
                            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                            out.write(unbounded.getBytes(StandardCharsets.US_ASCII));
                        },
                        "longer than 131072 bytes"),
                row(
                        "half of the body",
                        (out, _) -> out.write(
                                "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".getBytes(StandardCharsets.US_ASCII)),
                        "the answer ends after 1 of 100 bytes"),
                row("a redirect", status(302, "", "Location: https://elsewhere/"), "it answers 302"),
                row("another program", status(404, ""), "it answers 404, as a program without enrolment"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unacceptable")
    void otherAnswersAreNotAccepted(String name, FakeEnrolmentPort.Answer answer, String message) throws Exception {
        port.on(ENROL, answer);

        assertThat(reason(request())).contains(message).doesNotContain("mij_", "BEGIN");
    }

    @Test
    void authoritiesAreBounded() throws Exception {
        port.on(AUTHORITIES, status(200, "x".repeat(70_000)));
        assertThat(reason(request())).contains("longer than 65536 bytes");

        port.on(AUTHORITIES, status(200, own.rootPem().repeat(9)));
        assertThat(reason(request())).contains("has 9 certificates");

        port.on(AUTHORITIES, status(200, "no certificate"));
        assertThat(reason(request())).contains("/v1/authorities is no certificate in PEM");

        port.on(AUTHORITIES, status(404, ""));
        assertThat(reason(request())).contains("it answers 404", "mesos-iam.enrol.port");
        assertTokenNotSent();
    }

    @Test
    void connectionThatFailsIsExplained() throws Exception {
        int unused = TestPort.claim();
        assertThat(reason(request(URI.create("https://localhost:" + unused), LIMIT)))
                .contains("connection refused", "MESOS_IAM_AGENT_ENROL");
        assertThat(reason(request(URI.create("https://absent.invalid:8444"), LIMIT)))
                .contains("no such host");
    }

    @Test
    void serverThatIsSilentIsLeftAfterTheLimit() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            URI uri = URI.create("https://localhost:" + silent.getLocalPort());

            assertThat(reason(request(uri, Duration.ofMillis(200)))).contains("no answer in 200 ms");
        }
    }

    @Test
    void serverThatStopsWithinItsAnswerIsLeftAfterTheLimit() throws Exception {
        port.on(AUTHORITIES, (out, _) -> {
            out.write("HTTP/1.1 200 OK\r\n\r\nx".getBytes(StandardCharsets.US_ASCII));
            // until the port is closed
            new CountDownLatch(1).await();
        });

        assertThat(reason(request(port.uri(), Duration.ofMillis(500)))).contains("no answer in 500 ms");
    }

    @Test
    void serverWithoutTlsIsExplained() throws Exception {
        try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            Thread.ofVirtual().start(() -> {
                try (var accepted = plain.accept()) {
                    accepted.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    accepted.getInputStream().readAllBytes();
                } catch (java.io.IOException e) {
                    // the agent has ended the connection
                }
            });

            assertThat(reason(request(URI.create("https://localhost:" + plain.getLocalPort()), LIMIT)))
                    .contains("does not use TLS", "mesos-iam.enrol.port");
        }
    }
}
