package io.mesosiam.enrol.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.EnrolmentFixture;
import io.mesosiam.channel.EnrolmentFixture.Enrolled;
import io.mesosiam.enrol.JoinToken;
import io.mesosiam.enrol.authority.HostRequests;
import io.mesosiam.fakes.LogRecords;
import io.mesosiam.fakes.TimeLimit;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnrolmentPortTest {
    private static final String HOST = "host-9.example.com";

    @TempDir
    Path directory;

    private EnrolmentFixture site;

    @BeforeEach
    void start() {
        site = new EnrolmentFixture(directory);
        site.database().execute("alter table audit_event disable trigger all");
        site.database().execute("delete from audit_event");
        site.database().execute("alter table audit_event enable trigger all");
    }

    @AfterEach
    void close() {
        site.close();
    }

    @Test
    void rootsAreServedWithoutACredential() throws Exception {
        HttpResponse<String> roots = site.get("/v1/authorities");

        assertThat(roots.statusCode()).isEqualTo(200);
        assertThat(roots.headers().firstValue("Content-Type")).contains("application/x-pem-file");
        assertThat(roots.body()).startsWith("-----BEGIN CERTIFICATE-----");
    }

    @Test
    void hostWithATokenGetsACertificateAndTheSignatureIsRecorded() throws Exception {
        JoinToken token = site.token(HOST, 1);

        Enrolled host = site.enrolled(token, HOST, HostRequests.p256());

        assertThat(host.certificate().split("BEGIN CERTIFICATE")).hasSize(3);
        assertThat(host.authorities()).isEqualTo(site.get("/v1/authorities").body());
        assertThat(site.database()
                        .query("select hostname || ' ' || proof || ' ' || join_token_id from host_certificate"))
                .containsExactly(HOST + " join-token " + token.id());
        assertThat(site.database()
                        .query(
                                "select concat_ws(' ', actor, source_address, object, detail ->> 'proof') from audit_event"
                                        + " where kind = 'host.certificate-issued'"))
                .containsExactly("controller-1 127.0.0.1 host:" + HOST + " join-token");
        assertThat(site.database().query("select used from join_token")).containsExactly("1");
    }

    @Test
    void repeatedRequestWithTheSameKeyIsSignedAgainAndAnotherKeyIsRefused() throws Exception {
        JoinToken token = site.token(HOST, 1);
        KeyPair keys = HostRequests.p256();
        Enrolled first = site.enrolled(token, HOST, keys);
        Enrolled again = site.enrolled(token, HOST, keys);

        HttpResponse<String> thief = site.enrol(token, HOST, HostRequests.of(HostRequests.p256(), HOST));

        assertThat(again.certificate()).isNotEqualTo(first.certificate());
        assertRefused(thief, "token-other-key");
        assertThat(site.database().query("select used from join_token")).containsExactly("1");
    }

    @Test
    void tokenThatWasRepeatedEndsNoCertificateOfItsHostAndAnotherTokenEndsAll() throws Exception {
        KeyPair keys = HostRequests.p256();
        JoinToken first = site.token(HOST, 1);
        Enrolled lost = site.enrolled(first, HOST, keys);
        Enrolled again = site.enrolled(first, HOST, keys);
        assertThat(evicted()).containsExactly("0");

        Enrolled successor = site.enrolled(HOST);

        assertThat(List.of(lost.certificate(), again.certificate())).doesNotContain(successor.certificate());
        assertThat(evicted()).containsExactly("2");
        assertRefused(site.enrol(first, HOST, HostRequests.of(keys, HOST)), "token-before-eviction");
    }

    private List<String> evicted() {
        return site.database().query("select count(*) from host_certificate where evicted_at is not null");
    }

    @Test
    void tokenIsUsedOnceAlsoInParallel() throws Exception {
        JoinToken token = site.token("web-*.hosts.example", 3);
        List<Callable<Integer>> requests = Stream.iterate(1, i -> i <= 12, i -> i + 1)
                .<Callable<Integer>>map(i -> () -> site.enrol(
                                token,
                                "web-" + i + ".hosts.example",
                                HostRequests.of(HostRequests.p256(), "web-" + i + ".hosts.example"))
                        .statusCode())
                .toList();
        List<Integer> answers;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            answers =
                    threads.invokeAll(requests).stream().map(Future::resultNow).toList();
        }

        assertThat(answers).filteredOn(status -> status == 200).hasSize(3);
        assertThat(answers).filteredOn(status -> status == 403).hasSize(9);
        assertThat(site.database().query("select count(*) from host_certificate"))
                .containsExactly("3");
    }

    @Test
    void oneTokenForTwoKeysInParallelIsSignedForOne() throws Exception {
        JoinToken token = site.token(HOST, 1);
        Callable<Integer> request = () -> site.enrol(token, HOST, HostRequests.of(HostRequests.p256(), HOST))
                .statusCode();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(threads.invokeAll(List.of(request, request, request, request)).stream()
                            .map(Future::resultNow))
                    .containsExactlyInAnyOrder(200, 403, 403, 403);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "expires_at = now() - interval '1 second', token-expired",
        "revoked_at = now(), token-revoked",
        "hostname = 'host-8.example.com', token-other-host",
        "hash = sha256('another'), token-secret",
        "id = gen_random_uuid(), token-unknown",
        "used = 1, token-used",
    })
    void tokenThatDoesNotHoldIsRefusedAndOnlyTheOperatorLearnsWhy(String change, String condition) throws Exception {
        JoinToken token = site.token(HOST, 1);
        site.database().execute("alter table join_token disable trigger all");
        site.database().execute("alter table join_token drop constraint join_token_expires_at_range");
        try {
            site.database().execute("update join_token set " + change);
            try (LogRecords log = new LogRecords("io.mesosiam.enrol")) {
                HttpResponse<String> refused = site.enrol(token, HOST, HostRequests.of(HostRequests.p256(), HOST));

                assertRefused(refused, condition);
                assertThat(log.lines())
                        .singleElement()
                        .asString()
                        .contains("host certificate refused hostname=" + HOST)
                        .doesNotContain(token.reveal());
            }
        } finally {
            site.database().execute("truncate join_token");
            site.database()
                    .execute(
                            "alter table join_token add constraint join_token_expires_at_range check (expires_at between"
                                    + " made_at + interval '1 minute' and made_at + interval '720 hours')");
            site.database().execute("alter table join_token enable trigger all");
        }
    }

    @Test
    void requestWithAWeakKeyIsRefused() throws Exception {
        HttpResponse<String> refused =
                site.enrol(site.token(HOST, 1), HOST, HostRequests.of(HostRequests.ec("secp521r1"), HOST));

        assertRefused(refused, "weak-key");
        assertThat(site.database().query("select used from join_token")).containsExactly("0");
    }

    @Test
    void evictedHostIsRefusedUntilItMayEnrolAgainAndThenNeedsAnotherToken() throws Exception {
        JoinToken first = site.token(HOST, 1);
        KeyPair keys = HostRequests.p256();
        Enrolled unused = site.enrolled(first, HOST, keys);
        site.database().execute("update host set evicted_at = now(), eviction_reason = 'stolen'");
        assertRefused(
                site.enrol(site.token(HOST, 1), HOST, HostRequests.of(HostRequests.p256(), HOST)), "host-evicted");

        site.database().execute("update host set evicted_at = null, eviction_reason = null");

        assertThat(site.enrol(first, HOST, HostRequests.of(keys, HOST)).statusCode())
                .isEqualTo(403);
        assertThat(site.enrolled(HOST).certificate()).isNotEmpty();
        Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> site.refusals()
                .equals(List.of("host-evicted", "token-before-eviction")));
        assertThat(
                        site.database()
                                .query(
                                        "select kind from audit_event where kind like 'host.%' and kind <> 'host.certificate-issued' order by id"))
                .containsExactly("host.evicted", "host.readmitted");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {                                                        | the body is no JSON, or has a field twice
            []                                                       | the body is no JSON object
            {"hostname": "a", "hostname": "b"}                       | the body is no JSON, or has a field twice
            {"hostname": "host-9", "csr": "x", "joinToken": "y"}     | joinToken: has not the form mij_ID_SECRET_PIN
            {"hostname": 7}                                          | hostname: is required, as a string
            {"hostname": "s3cret value"}                             | hostname: is neither a DNS name nor an IP address
            {"s3cret": "x"}                                          | the body has a field other than hostname, csr, joinToken and ec2Identity
            {"hostname": "host-9", "ec2Identity": "AAAA"}            | ec2Identity: this controller takes join tokens alone
            """)
    void malformedRequestIsAnsweredWithTheFieldAndWithoutItsValue(String body, String message) throws Exception {
        HttpResponse<String> answer = site.post(body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("{\"code\":\"malformed\",\"message\":\"" + message + "\"}");
    }

    @Test
    void longBodyIsRefused() throws Exception {
        HttpResponse<String> answer = site.post(" ".repeat(EnrolmentAnswers.LONGEST_BODY + 1));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("more than 16384 bytes");
    }

    @Test
    void unknownTokenIsAnsweredLikeAnyOther() throws Exception {
        JoinToken invented = JoinToken.random(new SecureRandom(), UUID.randomUUID(), "p".repeat(43));

        assertRefused(site.enrol(invented, HOST, HostRequests.of(HostRequests.p256(), HOST)), "token-unknown");
    }

    @Test
    void unreadableKeyFileIsReportedAndAnsweredWithoutTheReason() throws Exception {
        JoinToken token = site.token(HOST, 1);
        byte[] key = Files.readAllBytes(site.keyFile());
        Files.write(site.keyFile(), new byte[31]);
        site.database().execute("delete from authority where kind = 'intermediate' and fingerprint = sha256('none')");
        Awaitility.await().atMost(TimeLimit.seconds(20)).until(() -> site.trouble()
                .filter(text -> text.contains("has 31 bytes, not 32"))
                .isPresent());

        HttpResponse<String> answer = site.enrol(token, HOST, HostRequests.of(HostRequests.p256(), HOST));

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).isEqualTo("{\"code\":\"unavailable\"}");
        Files.write(site.keyFile(), key);
    }

    @Test
    void keyFileThatWasReplacedIsInUseAfterARotation() throws Exception {
        byte[] another = new byte[32];
        new SecureRandom().nextBytes(another);
        Files.write(site.keyFile(), another);
        Awaitility.await().atMost(TimeLimit.seconds(20)).until(() -> site.trouble()
                .filter(text -> text.contains("is not the key that sealed the intermediate"))
                .isPresent());

        site.rotate();

        Awaitility.await().atMost(TimeLimit.seconds(20)).until(() -> site.trouble()
                .isEmpty());
        HttpResponse<String> answer = site.enrol(site.token(HOST, 1), HOST, HostRequests.of(HostRequests.p256(), HOST));
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    private void assertRefused(HttpResponse<String> answer, String condition) {
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).isEqualTo("{\"code\":\"refused\"}");
        Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> site.refusals()
                .contains(condition));
    }
}
