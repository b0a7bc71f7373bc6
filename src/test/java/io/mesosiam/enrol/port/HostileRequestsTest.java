package io.mesosiam.enrol.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.EnrolmentFixture;
import io.mesosiam.enrol.JoinToken;
import io.mesosiam.enrol.authority.HostRequests;
import io.mesosiam.fakes.TestTls;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that try to get a certificate which they must not get, or more of the port than one request. */
class HostileRequestsTest {
    private static final int ROUNDS = 20;
    private static final String WAITING =
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";

    @TempDir
    Path directory;

    private EnrolmentFixture site;

    @BeforeEach
    void start() {
        site = new EnrolmentFixture(directory);
    }

    @AfterEach
    void close() {
        site.close();
    }

    @Test
    void twoTokensForOnePatternInParallelGiveANameToOneHost() throws Exception {
        List<JoinToken> tokens =
                List.of(site.token("web-*.hosts.example", ROUNDS), site.token("*.hosts.example", ROUNDS));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < ROUNDS; i++) {
                String host = "web-" + i + ".hosts.example";
                List<Callable<Integer>> requests = tokens.stream()
                        .<Callable<Integer>>map(
                                token -> () -> site.enrol(token, host, HostRequests.of(HostRequests.p256(), host))
                                        .statusCode())
                        .toList();

                Stream<Integer> answers = threads.invokeAll(requests).stream().map(Future::resultNow);

                assertThat(answers).as(host).containsExactlyInAnyOrder(200, 403);
            }
        }
    }

    @Test
    void keyOfAnExpiredCertificateGetsNoOtherAfterTheHostIsEvictedAndReadmitted() throws Exception {
        String host = "host-9.example.com";
        JoinToken token = site.token(host, 1);
        var keys = HostRequests.p256();
        var unused = site.enrolled(token, host, keys);
        site.database().execute("alter table host_certificate disable trigger host_certificate_written");
        site.database()
                .execute("update host_certificate set issued_at = now() - interval '2 hours', expires_at = now() -"
                        + " interval '1 hour'");
        site.database().execute("alter table host_certificate enable trigger host_certificate_written");
        site.database().execute("update host set evicted_at = now(), eviction_reason = 'stolen'");
        site.database().execute("update host set evicted_at = null, eviction_reason = null");

        assertThat(site.enrol(token, host, HostRequests.of(keys, host)).statusCode())
                .isEqualTo(403);
    }

    @Test
    void hostThatWasEvictedUnderTheShortFormOfItsAddressGetsNoCertificate() throws Exception {
        String host = "2001:db8:0:0:0:0:0:7";
        JoinToken token = site.token(host, 1);
        site.database()
                .execute(
                        "insert into host (hostname, evicted_at, eviction_reason) values ('2001:db8::7', now(), 'stolen')");

        assertThat(site.enrol(token, host, HostRequests.of(HostRequests.p256(), host))
                        .statusCode())
                .isEqualTo(403);
        Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> site.refusals()
                .contains("host-evicted"));
    }

    @Test
    void requestsThatWaitForALockLeaveConnectionsToOthers() throws Exception {
        JoinToken token = site.token("web-*.hosts.example", 100);
        int most = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Connection psql = site.database().connect();
                Statement statement = psql.createStatement()) {
            psql.setAutoCommit(false);
            boolean locked = statement.execute("select from join_token where id = '" + token.id() + "' for update");
            List<Future<Integer>> answers = Stream.iterate(1, i -> i <= 16, i -> i + 1)
                    .map(i -> threads.submit(() -> {
                        String host = "web-" + i + ".hosts.example";
                        return site.enrol(token, host, HostRequests.of(HostRequests.p256(), host))
                                .statusCode();
                    }))
                    .toList();
            while (!answers.stream().allMatch(Future::isDone)) {
                most = Math.max(
                        most, Integer.parseInt(site.database().query(WAITING).getFirst()));
            }

            assertThat(locked).isTrue();
            assertThat(answers.stream().map(Future::resultNow)).containsOnly(503);
        }
        assertThat(most).isBetween(1, 4);
        // a request that was answered 503 may have got the lock after that, and its name
        assertThat(site.enrolled(token, "web-17.hosts.example", HostRequests.p256())
                        .certificate())
                .isNotEmpty();
    }

    @Test
    void connectionEndsWithItsAnswer() throws Exception {
        try (SSLSocket socket = (SSLSocket) TestTls.context(site.fixture.ca(), Optional.empty())
                .getSocketFactory()
                .createSocket("localhost", site.port.port().orElseThrow())) {
            request(socket);
            InputStream in = socket.getInputStream();
            String first = new String(in.readNBytes(12), StandardCharsets.US_ASCII);

            assertThat(first).isEqualTo("HTTP/1.1 200");
            assertThat(restAfterAnotherRequest(socket, in)).doesNotContain("HTTP/1.1");
        }
    }

    private static String restAfterAnotherRequest(SSLSocket socket, InputStream in) {
        try {
            request(socket);
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException closed) {
            return "";
        }
    }

    private static void request(SSLSocket socket) throws IOException {
        socket.getOutputStream()
                .write("GET /v1/authorities HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
}
