package io.mesosiam.mesos.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.mesosiam.clock.Peer;
import io.mesosiam.clock.PeerClocks;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TestTls;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.mesos.master.MasterFailure.Kind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MasterClientTest {
    private static final int LONG_TEXT = 100;

    private final FaultyMaster master = new FaultyMaster();

    private final PeerClocks peers = new PeerClocks(InstantSource.system(), System::nanoTime);

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        master.close();
    }

    @Test
    void theLeaderIsFoundAmongTheMasters() throws Exception {
        URI gone = URI.create("http://127.0.0.1:" + TestPort.claim());
        try (FaultyMaster follower = new FaultyMaster()) {
            follower.sandbox().follow("leader.mesos.test:5050");
            try (MasterClient client = client(
                    TestConfig.of(gone, follower.uri(), master.uri()).alias("leader.mesos.test:5050", master.uri()))) {
                assertThat(client.findLeader()).isEqualTo(master.uri());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    http://127.0.0.1:1         | connection refused (does a master run there?
                    https://127.0.0.1:1        | connection refused (does a master run there?
                    http://no.such.invalid:5050 | no such host (check the name in mesos-iam.mesos.masters
                    """, delimiter = '|')
    void unreachableMasterIsNamedWithAPlainReason(URI address, String reason) {
        try (MasterClient client = client(TestConfig.of(address))) {
            assertThatThrownBy(client::findLeader)
                    .isInstanceOf(MasterFailure.class)
                    .hasMessageContaining(address + "/redirect: " + reason)
                    .message()
                    .doesNotContain("java.", "Exception");
        }
    }

    @Test
    void everyResponseContainsTheMastersTime() throws Exception {
        try (MasterClient client = client(TestConfig.of(master.uri()))) {
            assertThat(client.findLeader()).isEqualTo(master.uri());
        }

        assertThat(peers.ahead()).containsOnlyKeys(Peer.MASTER);
        assertThat(peers.ahead().get(Peer.MASTER)).isBetween(Duration.ofMinutes(-1), Duration.ofMinutes(1));
    }

    @Test
    void missingLeaderIsReported() {
        master.sandbox().awaitElection();

        assertThatThrownBy(() -> client(TestConfig.of(master.uri())).findLeader())
                .isInstanceOfSatisfying(
                        MasterFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_LEADER))
                .hasMessageContaining("503 No leader elected");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/redirect", "/state"})
    void errorWhoseTextDoesNotArriveEndsWithTheIdleTimeout(String path) {
        master.on(path, (exchange, _, _) -> {
            exchange.sendResponseHeaders(503, 100);
            exchange.getResponseBody().write('x');
            exchange.getResponseBody().flush();
        });
        AtomicLong time = new AtomicLong();
        try (MasterClient client = new MasterClient(TestConfig.of(master.uri()), time::get, peers)) {
            CompletableFuture<Throwable> failure = new CompletableFuture<>();
            Thread unused = Thread.ofVirtual()
                    .start(() -> failure.complete(catchThrowable(() -> {
                        if (path.equals("/redirect")) {
                            var _ = client.findLeader();
                        } else {
                            client.get(master.uri(), path).close();
                        }
                    })));

            // as the watchdog does
            Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> {
                time.addAndGet(Duration.ofHours(1).toNanos());
                client.closeIdle();
                return failure.isDone();
            });

            assertThat(failure.join()).isInstanceOf(MasterFailure.class).hasMessageContaining("503 without its text");
        }
    }

    @Test
    void errorWhoseTextArrivesByteByByteEndsWithTheIdleTimeout() {
        Semaphore due = new Semaphore(0);
        master.on("/state", (exchange, _, _) -> {
            exchange.sendResponseHeaders(503, LONG_TEXT);
            for (int i = 0; i < LONG_TEXT; i++) {
                due.acquireUninterruptibly();
                exchange.getResponseBody().write('x');
                exchange.getResponseBody().flush();
            }
        });
        AtomicLong time = new AtomicLong();
        MesosConfig config = TestConfig.of(master.uri());
        try (MasterClient client = new MasterClient(config, time::get, peers)) {
            CompletableFuture<Throwable> failure = new CompletableFuture<>();
            Thread unused = Thread.ofVirtual()
                    .start(() -> failure.complete(catchThrowable(
                            () -> client.get(master.uri(), "/state").close())));

            Awaitility.await().atMost(TimeLimit.seconds(20)).until(() -> {
                due.release();
                time.addAndGet(config.readTimeout().dividedBy(4).toNanos());
                client.closeIdle();
                return failure.isDone();
            });

            assertThat(failure.join()).isInstanceOf(MasterFailure.class).hasMessageContaining("503 without its text");
        } finally {
            due.release(LONG_TEXT);
        }
    }

    @Test
    void redirectKeepsMethodBodyAndCredentials() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "s3cret\n");
        try (FaultyMaster follower = new FaultyMaster();
                MasterClient client =
                        client(TestConfig.of(follower.uri(), master.uri()).credential("iam", secret))) {
            follower.answers("/api/v1", 307, "//127.0.0.1:" + master.port() + "/api/v1");
            try (IdleTimeoutInputStream answer = client.call(follower.uri(), "{\"type\":\"GET_MASTER\"}")) {
                assertThat(answer.master()).isEqualTo(master.uri());
            }
        }
        assertThat(master.requests())
                .containsExactly("POST /api/v1 " + basic("iam:s3cret") + " {\"type\":\"GET_MASTER\"}");
    }

    @Test
    void changedSecretIsUsedAtOnce() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "old");
        MasterClient client = client(TestConfig.of(master.uri()).credential("iam", secret));
        client.get(master.uri(), "/state").close();
        Files.writeString(secret, "new");
        client.get(master.uri(), "/state").close();

        assertThat(master.requests())
                .containsExactly("GET /state " + basic("iam:old") + " ", "GET /state " + basic("iam:new") + " ");
    }

    @Test
    void redirectLoopIsRejected() {
        master.answers("/state", 307, "//127.0.0.1:" + master.port() + "/state");

        assertThatThrownBy(() -> client(TestConfig.of(master.uri())).get(master.uri(), "/state"))
                .isInstanceOfSatisfying(
                        MasterFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.REDIRECT_REFUSED))
                .hasMessage("GET " + master.uri() + "/state: more than 3 redirects");
        assertThat(master.requests()).hasSize(4);
    }

    @Test
    void hostThatIsNotConfiguredGetsNoRequest() throws Exception {
        try (FaultyMaster stranger = new FaultyMaster()) {
            master.answers("/state", 307, "//127.0.0.1:" + stranger.port() + "/state");

            assertThatThrownBy(() -> client(TestConfig.of(master.uri())).get(master.uri(), "/state"))
                    .isInstanceOfSatisfying(
                            MasterFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.REDIRECT_REFUSED))
                    .hasMessageContaining("//127.0.0.1:" + stranger.port() + "/state, a host that neither");
            assertThat(stranger.requests()).isEmpty();
        }
    }

    @Test
    void onlyTheCaFileIsTrusted() throws Exception {
        TestCa ca = TestCa.in(directory);
        Path own = ca.certificateFile();
        Path other =
                TestCa.in(Files.createDirectory(directory.resolve("other"))).certificateFile();
        try (FaultyMaster secure = new FaultyMaster(https(ca.issue("ip:127.0.0.1")))) {
            URI uri = URI.create("https://127.0.0.1:" + secure.port());
            assertThat(client(TestConfig.of(uri).trusting(own)).findLeader()).isEqualTo(uri);

            assertThatThrownBy(() -> client(TestConfig.of(uri).trusting(other)).findLeader())
                    .isInstanceOf(MasterFailure.class)
                    .hasMessageContaining("TLS refused")
                    .hasMessageContaining(uri.toString());
            assertThatThrownBy(() -> client(TestConfig.of(uri)).findLeader()).hasMessageContaining("TLS refused");
        }
    }

    @Test
    void changedCaFileIsUsedFromTheNextRequestOn() throws Exception {
        TestCa earlier = TestCa.in(directory);
        TestCa later = TestCa.in(Files.createDirectory(directory.resolve("later")));
        Path own = earlier.certificateFile();
        Path trusted = Files.copy(own, directory.resolve("trusted.pem"));
        try (FaultyMaster secure = new FaultyMaster(https(earlier.issue("ip:127.0.0.1")));
                FaultyMaster renewed = new FaultyMaster(https(later.issue("ip:127.0.0.1")))) {
            URI first = URI.create("https://127.0.0.1:" + secure.port());
            URI second = URI.create("https://127.0.0.1:" + renewed.port());
            MasterClient client = client(TestConfig.of(first, second).trusting(trusted));
            client.get(first, "/state").close();
            assertThatThrownBy(() -> client.get(second, "/state")).hasMessageContaining("TLS refused");
            try (IdleTimeoutInputStream open = client.get(first, "/state")) {
                Files.write(trusted, Files.readAllBytes(later.certificateFile()));
                assertThat(client.reloadTls()).isEmpty();

                client.get(second, "/state").close();
                // a resumed session of the earlier context would be accepted without the certificate
                assertThatThrownBy(() -> client.get(first, "/state")).hasMessageContaining("TLS refused");
                assertThat(open.readAllBytes()).isNotEmpty();
            }
            Files.write(trusted, Files.readAllBytes(own), StandardOpenOption.APPEND);
            assertThat(client.reloadTls()).isEmpty();
            client.get(first, "/state").close();
            client.get(second, "/state").close();
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    -----BEGIN CERTIFICATE----- | holds something that is no X.509 certificate
                    ''                          | holds no certificate
                    -                           | does not exist
                    """, delimiter = '|', nullValues = "-")
    void caFileThatCannotBeUsedChangesNothingUntilItCan(String content, String problem) throws Exception {
        TestCa ca = TestCa.in(directory);
        Path own = ca.certificateFile();
        byte[] pem = Files.readAllBytes(own);
        try (FaultyMaster secure = new FaultyMaster(https(ca.issue("ip:127.0.0.1")))) {
            URI uri = URI.create("https://127.0.0.1:" + secure.port());
            MasterClient client = client(TestConfig.of(uri).trusting(own));
            if (content == null) {
                Files.delete(own);
            } else {
                Files.writeString(own, content);
            }

            assertThat(client.reloadTls())
                    .contains("mesos-iam.mesos.ca-file " + own + " " + problem + ": what was read before stays in use");
            client.get(uri, "/state").close();

            Files.write(own, pem);
            assertThat(client.reloadTls()).isEmpty();
            client.get(uri, "/state").close();
        }
    }

    @Test
    void masterThatAsksForACertificateGetsIt() throws Exception {
        TestCa ca = TestCa.in(directory);
        TestCa other = TestCa.in(Files.createDirectory(directory.resolve("other")));
        TestCa.Identity controller = ca.issue("dns:controller");
        TestCa.Identity stranger = other.issue("dns:controller");
        try (FaultyMaster secure = new FaultyMaster(asking(ca, ca.issue("ip:127.0.0.1")))) {
            URI uri = URI.create("https://127.0.0.1:" + secure.port());
            TestConfig plain = TestConfig.of(uri).trusting(ca.certificateFile());
            assertThat(client(plain.certified(controller.certificate(), controller.key()))
                            .findLeader())
                    .isEqualTo(uri);

            assertThatThrownBy(() -> client(plain).findLeader()).isInstanceOf(MasterFailure.class);
            assertThatThrownBy(() -> client(plain.certified(stranger.certificate(), stranger.key()))
                            .findLeader())
                    .isInstanceOf(MasterFailure.class);
        }
    }

    /** The two files are replaced one after the other. */
    @Test
    void changedCertificateIsUsedOnceItsKeyIsThere() throws Exception {
        TestCa ca = TestCa.in(directory);
        TestCa.Identity before = ca.issue("dns:before");
        TestCa.Identity after = ca.issue("dns:after");
        try (FaultyMaster secure = new FaultyMaster(asking(ca, ca.issue("ip:127.0.0.1")))) {
            URI uri = URI.create("https://127.0.0.1:" + secure.port());
            MasterClient client = client(
                    TestConfig.of(uri).trusting(ca.certificateFile()).certified(before.certificate(), before.key()));
            Files.write(before.certificate(), Files.readAllBytes(after.certificate()));
            assertThat(client.reloadTls())
                    .contains("mesos-iam.mesos.key-file " + before.key()
                            + " is not the key of the certificate: what was read before stays in use");
            client.get(uri, "/state").close();

            Files.write(before.key(), Files.readAllBytes(after.key()));
            assertThat(client.reloadTls()).isEmpty();
            client.get(uri, "/state").close();
        }
    }

    @Test
    void missingCaFileIsNamed() {
        Path none = directory.resolve("none.pem");

        assertThatThrownBy(() -> client(TestConfig.of(master.uri()).trusting(none)))
                .hasMessage("mesos-iam.mesos.ca-file " + none + " does not exist");
    }

    @Test
    void errorForARefusedPrincipalNamesTheSettings() {
        assertThat(MasterCure.of(401)).contains("mesos-iam.mesos.principal").contains("mesos-iam.mesos.secret-file");
    }

    private MasterClient client(MesosConfig config) {
        return new MasterClient(config, System::nanoTime, peers);
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    /** A server that wants a certificate of the CA. */
    private static HttpsServer asking(TestCa ca, TestCa.Identity identity) throws Exception {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(
                new HttpsConfigurator(TestTls.context(ca.certificateFile(), Optional.of(identity))) {
                    @Override
                    public void configure(HttpsParameters parameters) {
                        SSLParameters tls = getSSLContext().getDefaultSSLParameters();
                        tls.setNeedClientAuth(true);
                        parameters.setSSLParameters(tls);
                    }
                });
        return server;
    }

    private static HttpsServer https(TestCa.Identity identity) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(identity.keyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return server;
    }
}
