package io.mesosiam.enrol.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.channel.EnrolmentFixture;
import io.mesosiam.enrol.authority.HostRequests;
import io.mesosiam.enrol.ec2.TestEc2Config;
import io.mesosiam.fakes.FakeEc2;
import io.mesosiam.fakes.FakeEc2.Instance;
import io.mesosiam.fakes.FakeEc2.Reply;
import io.mesosiam.fakes.InstanceSigner;
import io.mesosiam.fakes.LogRecords;
import io.mesosiam.fakes.TimeLimit;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hosts that enrol by their instance, with a real database and the real protocol of EC2. */
class InstanceEnrolmentTest {
    private static final InstanceSigner AWS = new InstanceSigner();
    private static final String HOST = "ip-127-0-0-1.eu-central-1.compute.internal";
    private static final String ID = "i-0123456789abcdef0";

    @TempDir
    Path directory;

    private final FakeEc2 ec2 = FakeEc2.start();
    private final Instance instance = ec2.put(Instance.running(ID, HOST));
    private EnrolmentFixture site;

    @BeforeEach
    void start() {
        site = new EnrolmentFixture(
                directory,
                TestEc2Config.on(ec2.uri(), AWS.file(directory.resolve("regions.pem"), "eu-central-1"))
                        .within(Duration.ofSeconds(8)));
        site.database().execute("alter table audit_event disable trigger all");
        site.database().execute("delete from audit_event");
        site.database().execute("alter table audit_event enable trigger all");
    }

    @AfterEach
    void close() {
        site.close();
        ec2.close();
    }

    @Test
    void instanceGetsACertificateAndTheSignatureIsRecorded() throws Exception {
        assertThat(claim(HostRequests.p256()).statusCode()).isEqualTo(200);

        assertThat(site.database()
                        .query("select concat_ws(' ', c.hostname, c.proof, i.account, i.region, i.instance_id, i.state,"
                                + " i.public_key_hash = c.public_key_hash)"
                                + " from host_certificate c join ec2_instance i on i.id = c.instance"))
                .containsExactly(HOST + " ec2 111122223333 eu-central-1 " + ID + " running t");
        assertThat(audit("host.certificate-issued"))
                .containsExactly("controller-1 127.0.0.1 host:" + HOST + " ec2 " + ID);
        assertThat(ec2.calls()).singleElement().satisfies(call -> {
            assertThat(call.region()).isEqualTo("eu-central-1");
            assertThat(call.ids()).containsExactly(ID);
        });
    }

    @Test
    void sameKeyIsSignedAgainAlsoAfterItsCertificateHasExpired() throws Exception {
        KeyPair keys = HostRequests.p256();
        assertThat(claim(keys).statusCode()).isEqualTo(200);
        expire();

        assertThat(claim(keys).statusCode()).isEqualTo(200);

        assertThat(site.database().query("select suspended_at is null from ec2_instance"))
                .containsExactly("t");
    }

    @Test
    void anotherKeySuspendsBothUntilAnOperatorLetsTheHostEnrolAgain() throws Exception {
        KeyPair first = HostRequests.p256();
        assertThat(claim(first).statusCode()).isEqualTo(200);

        try (LogRecords log = new LogRecords("io.mesosiam.enrol")) {
            assertRefused(claim(HostRequests.p256()), "instance-other-key");
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("instance=111122223333/eu-central-1/" + ID, "has enrolled with another key");
        }
        assertThat(site.database().query("select eviction_reason from host"))
                .singleElement()
                .asString()
                .startsWith("instance " + ID + " was claimed with another key");
        assertThat(site.database().query("select evicted_at is not null from host_certificate"))
                .containsExactly("t");
        assertThat(audit("instance.suspended")).containsExactly("controller-1 127.0.0.1 instance:" + ID);
        assertThat(audit("host.evicted")).containsExactly("controller-1 127.0.0.1 host:" + HOST);
        assertRefused(claim(first), "instance-suspended");

        site.database().execute("update host set evicted_at = null, eviction_reason = null");

        assertThat(claim(HostRequests.p256()).statusCode()).isEqualTo(200);
        assertThat(claim(first).statusCode()).isEqualTo(403);
    }

    @Test
    void keyOfEachCertificateSinceTheEnrolmentCounts() throws Exception {
        KeyPair first = HostRequests.p256();
        assertThat(claim(first).statusCode()).isEqualTo(200);
        KeyPair next = HostRequests.p256();
        site.database()
                .execute(
                        "insert into host_certificate (serial, hostname, public_key_hash, issuer, proof, instance, expires_at)"
                                + " select 'ab', hostname, sha256('\\x"
                                + hex(next.getPublic().getEncoded())
                                + "'), issuer, 'rotation', instance, expires_at from host_certificate");

        assertThat(claim(next).statusCode()).isEqualTo(200);
        // the instance may not have got the answer to its renewal
        assertThat(claim(first).statusCode()).isEqualTo(200);

        site.database().execute("update host set evicted_at = now(), eviction_reason = 'stolen'");
        site.database().execute("update host set evicted_at = null, eviction_reason = null");
        assertThat(claim(HostRequests.p256()).statusCode()).isEqualTo(200);
        assertRefused(claim(first), "instance-other-key");
    }

    @Test
    void oneOfTwoClaimsInParallelIsSignedAndThenBothAreSuspended() throws Exception {
        Callable<Integer> claim = () -> claim(HostRequests.p256()).statusCode();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(threads.invokeAll(List.of(claim, claim, claim, claim)).stream()
                            .map(Future::resultNow))
                    .containsExactlyInAnyOrder(200, 403, 403, 403);
        }

        assertThat(site.database().query("select count(*) from host_certificate where evicted_at is not null"))
                .containsExactly("1");
        assertThat(site.database().query("select count(*) from host where evicted_at is not null"))
                .containsExactly("1");
        assertThat(audit("instance.suspended")).hasSize(1);
    }

    @Test
    void twoInstancesThatClaimOneNameInParallelGetItOnce() throws Exception {
        Instance other = ec2.put(Instance.running("i-0fedcba9876543210", HOST));
        Callable<Integer> one = () -> claim(HostRequests.p256()).statusCode();
        Callable<Integer> two = () -> claim(other, HOST, HostRequests.p256()).statusCode();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(threads.invokeAll(List.of(one, two)).stream().map(Future::resultNow))
                    .containsExactlyInAnyOrder(200, 403);
        }
        Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> site.refusals()
                .equals(List.of("host-other-proof")));
        assertThat(site.database().query("select count(*) from host where evicted_at is not null"))
                .containsExactly("0");
    }

    @Test
    void nameOfAHostWithAJoinTokenIsRefusedAndATokenForTheNameReplacesAnInstance() throws Exception {
        var unused = site.enrolled(HOST);
        assertRefused(claim(HostRequests.p256()), "host-other-proof");
        site.database().execute("update host set evicted_at = now(), eviction_reason = 'moved'");
        site.database().execute("update host set evicted_at = null, eviction_reason = null");
        assertThat(claim(HostRequests.p256()).statusCode()).isEqualTo(200);

        assertThat(site.enrolled(HOST).certificate()).isNotEmpty();
    }

    @Test
    void terminatedInstanceEvictsItsHostAndAnotherInstanceMayTakeTheName() throws Exception {
        KeyPair keys = HostRequests.p256();
        assertThat(claim(keys).statusCode()).isEqualTo(200);
        site.database().execute("update ec2_instance set terminated_at = now()");

        assertThat(site.database().query("select eviction_reason from host"))
                .containsExactly("instance " + ID + " is terminated");
        assertRefused(claim(keys), "instance-terminated");
        Instance next = ec2.put(Instance.running("i-0fedcba9876543210", HOST));
        assertThat(claim(next, HOST, HostRequests.p256()).statusCode()).isEqualTo(200);

        assertThat(site.database().query("select evicted_at is null from host")).containsExactly("t");
        assertThat(site.database().query("select evicted_at is null from host_certificate order by issued_at"))
                .containsExactly("f", "t");
        assertThat(audit("host.readmitted")).hasSize(1);
    }

    @Test
    void instanceThatTakesTheNameOfATerminatedOneReleasesNoOtherKey() throws Exception {
        KeyPair keys = HostRequests.p256();
        assertThat(claim(keys).statusCode()).isEqualTo(200);
        expire();
        Instance second = ec2.put(Instance.running("i-0fedcba9876543210", HOST));
        assertThat(claim(second, HOST, HostRequests.p256()).statusCode()).isEqualTo(200);
        site.database()
                .execute("update ec2_instance set terminated_at = now() where instance_id = '" + second.id() + "'");
        Instance third = ec2.put(Instance.running("i-0aaaaaaaaaaaaaaa0", HOST));
        assertThat(claim(third, HOST, HostRequests.p256()).statusCode()).isEqualTo(200);
        expire();

        assertThat(claim(keys).statusCode()).isEqualTo(200);
        assertRefused(claim(HostRequests.p256()), "instance-other-key");
    }

    @Test
    void suspendedInstanceGetsNoCertificateWhileAnotherProofHasItsName() throws Exception {
        assertThat(claim(HostRequests.p256()).statusCode()).isEqualTo(200);
        var unused = site.enrolled(HOST);
        site.database().execute("update ec2_instance set suspended_at = now()");
        assertThat(site.database().query("select evicted_at is null from host")).containsExactly("t");

        // as a renewal that has read its facts before
        assertThatThrownBy(
                        () -> site.database()
                                .execute(
                                        "insert into host_certificate (serial, hostname, public_key_hash, issuer, proof, instance, expires_at)"
                                                + " select 'ab', hostname, sha256('k'), sha256('i'), 'rotation', id, now() + interval '1 day' from ec2_instance"))
                .hasMessageContaining("is suspended");
    }

    @Test
    void hostThatAnOperatorEvictedStaysEvictedWhenItsInstanceIsTerminated() throws Exception {
        assertThat(claim(HostRequests.p256()).statusCode()).isEqualTo(200);
        site.database().execute("update host set evicted_at = now(), eviction_reason = 'stolen'");
        site.database().execute("update ec2_instance set terminated_at = now()");
        Instance next = ec2.put(Instance.running("i-0fedcba9876543210", HOST));

        assertRefused(claim(next, HOST, HostRequests.p256()), "host-evicted");
    }

    @Test
    void evictionByAnOperatorAfterTheTerminationIsNotLiftedByAnotherInstance() throws Exception {
        assertThat(claim(HostRequests.p256()).statusCode()).isEqualTo(200);
        site.database().execute("update ec2_instance set terminated_at = now()");
        site.database().execute("update host set evicted_at = now(), eviction_reason = 'stolen'");
        Instance next = ec2.put(Instance.running("i-0fedcba9876543210", HOST));

        assertRefused(claim(next, HOST, HostRequests.p256()), "host-evicted");

        assertThat(site.database()
                        .query("select detail ->> 'reason' from audit_event where kind = 'host.evicted' order by id"))
                .containsExactly("instance " + ID + " is terminated", "stolen");
    }

    @Test
    void instanceWhoseNameAnotherMachineHasByAJoinTokenIsRefusedAndNotSuspended() throws Exception {
        assertThat(claim(HostRequests.p256()).statusCode()).isEqualTo(200);
        var _ = site.enrolled(HOST);

        assertRefused(claim(HostRequests.p256()), "host-other-proof");

        assertThat(site.database().query("select suspended_at is null from ec2_instance"))
                .containsExactly("t");
    }

    @Test
    void replayedDocumentFromElsewhereCausesNoCallAndSuspendsNothing() throws Exception {
        assertThat(claim(HostRequests.p256()).statusCode()).isEqualTo(200);
        int before = ec2.calls().size();
        site.database().execute("update ec2_instance set addresses = array['10.0.0.5']");
        Instance elsewhere = instance.at("10.0.0.5", List.of());

        assertRefused(claim(elsewhere, HOST, HostRequests.p256()), "instance-address");

        assertThat(ec2.calls()).hasSize(before);
        assertThat(site.database().query("select suspended_at is null from ec2_instance"))
                .containsExactly("t");
    }

    @Test
    void addressThatOnlyTheDocumentNamesIsRefusedByWhatEc2Says() throws Exception {
        ec2.put(instance.at("10.0.0.5", List.of()));

        assertRefused(claim(HostRequests.p256()), "instance-document");
    }

    @Test
    void instanceOfAnotherAccountOrRegionCausesNoCall() throws Exception {
        String document = InstanceSigner.document(instance);

        assertRefused(post(AWS.sign(document.replace("111122223333", "999999999999")), HOST), "instance-account");
        assertRefused(post(AWS.sign(document.replace("eu-central-1", "eu-west-1")), HOST), "document-region");
        assertRefused(post(new InstanceSigner().sign(instance), HOST), "document-signature");
        assertThat(ec2.calls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "stopped, instance-state",
        "terminated, instance-terminated",
        "forgotten, instance-unknown",
        "restarted, instance-earlier-start"
    })
    void instanceThatDoesNotRunIsRefused(String state, String condition) throws Exception {
        switch (state) {
            case "forgotten" -> ec2.forget(ID);
            case "restarted" -> ec2.put(instance.launchedAt(instance.launched().plusSeconds(600)));
            default -> ec2.put(instance.in(state));
        }

        assertRefused(claim(HostRequests.p256()), condition);
    }

    @Test
    void otherNameThanTheInstancesIsRefused() throws Exception {
        assertRefused(claim(instance, "host-9.example.com", HostRequests.p256()), "instance-hostname");
    }

    @ParameterizedTest
    @CsvSource({
        "throttled, RequestLimitExceeded",
        "broken, InternalError",
        "forbidden, UnauthorizedOperation",
        "repeated token, same token",
        "foreign instance, not asked for",
        "duplicate, twice",
        "other account, another account",
        "error with status 200, no list of instances",
        "page of a proxy, no list of instances",
        "empty body, no list of instances",
        "no XML, DescribeInstances failed"
    })
    void ec2ThatGivesNoAnswerThatCountsIsUnavailableAndTheLogSaysWhyOnce(String kind, String reason) throws Exception {
        ec2.instead(Optional.of(_ -> switch (kind) {
            case "throttled" -> Reply.error(503, "RequestLimitExceeded");
            case "broken" -> Reply.error(500, "InternalError");
            case "forbidden" -> Reply.error(403, "UnauthorizedOperation");
            case "repeated token" -> Reply.page(List.of(), "more");
            case "foreign instance" -> Reply.page(List.of(Instance.running("i-0fedcba9876543210", HOST)), "");
            case "duplicate" -> Reply.page(List.of(instance, instance), "");
            case "other account" ->
                Reply.page(
                        List.of(new Instance(
                                "999999999999",
                                instance.region(),
                                ID,
                                "running",
                                instance.image(),
                                "vpc-1",
                                "subnet-1",
                                instance.launched(),
                                "127.0.0.1",
                                List.of(),
                                HOST,
                                instance.tags())),
                        "");
            case "error with status 200" ->
                Reply.of(200, Reply.error(503, "Unavailable").body());
            case "page of a proxy" -> Reply.of(200, "<html><body>sign in</body></html>");
            case "empty body" -> Reply.of(200, "");
            default -> Reply.of(200, "no XML");
        }));
        try (LogRecords log = new LogRecords("io.mesosiam.enrol")) {
            HttpResponse<String> first = claim(HostRequests.p256());
            HttpResponse<String> second = claim(HostRequests.p256());

            for (HttpResponse<String> answer : List.of(first, second)) {
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.body()).isEqualTo("{\"code\":\"unavailable\"}");
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            }
            assertThat(log.lines()).singleElement().asString().containsIgnoringCase(reason);
        }
        ec2.instead(Optional.empty());

        // for the same document the answer counts for ten seconds
        Instance started = ec2.put(instance.launchedAt(instance.launched().plusSeconds(600)));
        assertThat(claim(started, HOST, HostRequests.p256()).statusCode()).isEqualTo(200);
    }

    @Test
    void pagesAreFollowed() throws Exception {
        ec2.instead(Optional.of(call -> call.parameters().containsKey("NextToken")
                ? Reply.page(List.of(instance), "")
                : Reply.page(List.of(), "more")));

        assertThat(claim(HostRequests.p256()).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "ec2Identity": "not base64"                                  | ec2Identity: is not base64
            "ec2Identity": "AAAA"                                        | ec2Identity: is not one PKCS#7 message of signed data
            "ec2Identity": 7                                             | ec2Identity: is required, as a string
            "ec2Identity": "AAAA", "joinToken": "mij_"                   | the body has both joinToken and ec2Identity
            """)
    void malformedProofIsAnsweredWithTheField(String proof, String message) throws Exception {
        HttpResponse<String> answer = site.post("{\"hostname\": \"" + HOST + "\", \"csr\": \"x\", " + proof + "}");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("{\"code\":\"malformed\",\"message\":\"" + message + "\"}");
    }

    private HttpResponse<String> claim(KeyPair keys) throws Exception {
        return claim(instance, HOST, keys);
    }

    private HttpResponse<String> claim(Instance from, String name, KeyPair keys) throws Exception {
        return site.enrol(AWS.sign(from), name, HostRequests.of(keys, name));
    }

    private HttpResponse<String> post(byte[] identity, String name) throws Exception {
        return site.enrol(identity, name, HostRequests.of(HostRequests.p256(), name));
    }

    private void assertRefused(HttpResponse<String> answer, String condition) {
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).isEqualTo("{\"code\":\"refused\"}");
        Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> site.refusals()
                .contains(condition));
    }

    private void expire() {
        site.database().execute("alter table host_certificate disable trigger all");
        site.database()
                .execute(
                        "update host_certificate set issued_at = now() - interval '40 days', expires_at = now() - interval '39 days'");
        site.database().execute("alter table host_certificate enable trigger all");
    }

    private List<String> audit(String kind) {
        return site.database()
                .query(
                        "select concat_ws(' ', actor, source_address, object, detail ->> 'proof', detail ->> 'instanceId')"
                                + " from audit_event where kind = '" + kind + "' order by id");
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
