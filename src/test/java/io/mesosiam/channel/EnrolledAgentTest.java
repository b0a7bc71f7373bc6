package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.EnrolmentFixture.Enrolled;
import io.mesosiam.channel.wire.AgentMessage.CertificateRequest;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.Certificate;
import io.mesosiam.channel.wire.ControllerMessage.CertificateRefused;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.enrol.EvictedHosts;
import io.mesosiam.enrol.JoinToken;
import io.mesosiam.enrol.authority.HostRequests;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TimeLimit;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stream of a host that has enrolled: its certificate is accepted, renewed and evicted. */
class EnrolledAgentTest {
    private static final String HOST = "host-1.example.com";

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

    private StreamClient open(Enrolled host) throws InterruptedException {
        return open(host.keys(), host.certificate());
    }

    private StreamClient open(KeyPair keys, String certificate) throws InterruptedException {
        StreamClient client = site.fixture.connect(site.identity(keys, certificate));
        client.send(ChannelFixture.hello(ChannelFixture.S1));
        var _ = client.receive(Sync.class);
        return client;
    }

    @Test
    void enrolledHostIsAdmittedBesideThoseOfTheFile() throws Exception {
        StreamClient enrolled = open(site.enrolled(HOST));
        assertThat(enrolled.isOpen()).isTrue();

        StreamClient other = site.fixture.connectHost2();
        other.send(ChannelFixture.hello(ChannelFixture.S2));

        assertThat(other.receive()).isInstanceOf(Sync.class);
    }

    @Test
    void certificateIsRenewedOverTheStreamAndTheOldOneStaysValid() throws Exception {
        Enrolled host = site.enrolled(HOST);
        StreamClient stream = open(host);
        KeyPair next = HostRequests.p256();

        stream.send(new CertificateRequest(HostRequests.of(next, HOST)));
        Certificate renewed = stream.receive(Certificate.class);

        assertThat(renewed.authorities()).isEqualTo(host.authorities());
        site.fixture.assertStillServed(stream);
        var _ = open(next, renewed.certificate());
        var _ = open(host);
        assertThat(site.database().query("select proof from host_certificate order by issued_at"))
                .containsExactly("join-token", "rotation");
    }

    @Test
    void rotationOfTheIntermediateCutsNoAgentOff() throws Exception {
        Enrolled before = site.enrolled(HOST);
        StreamClient stream = open(before);
        site.rotate();
        Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> !issuer(site.enrolled("host-7.example.com"))
                .equals(issuer(before)));
        site.fixture.channel.certificates().reload();

        site.fixture.assertStillServed(stream);
        var _ = open(before);
        var _ = open(site.enrolled(HOST));
    }

    private static String issuer(Enrolled host) {
        return host.certificate().substring(host.certificate().indexOf("END CERTIFICATE"));
    }

    @Test
    void evictionEndsTheStreamAndRefusesEachCertificateOfTheHost() throws Exception {
        Enrolled first = site.enrolled(HOST);
        StreamClient stream = open(first);
        KeyPair next = HostRequests.p256();
        stream.send(new CertificateRequest(HostRequests.of(next, HOST)));
        String second = stream.receive(Certificate.class).certificate();

        site.database()
                .execute("update host set evicted_at = now(), eviction_reason = 'stolen' where hostname = '" + HOST
                        + "'");

        Fault fault = stream.receiveEviction();
        assertThat(fault.persistence()).isInstanceOf(Fault.Lasting.class);
        for (TestCa.Identity identity : List.of(site.identity(first), site.identity(next, second))) {
            assertThat(refusedHello(identity).code()).isEqualTo("evicted");
        }
        // also one of the site's own authority
        assertThat(refusedHello(site.fixture.host1()).code()).isEqualTo("evicted");
    }

    @Test
    void evictionByTheHostNameHoldsForACertificateWithTheAddressAlone() throws Exception {
        StreamClient stream = site.fixture.connectHost2();
        stream.send(ChannelFixture.hello(ChannelFixture.S2));
        var _ = stream.receive(Sync.class);

        site.database()
                .execute(
                        "insert into host (hostname, evicted_at, eviction_reason) values ('host-2.example.com', now(), 'stolen')");

        var _ = stream.receiveEviction();
        StreamClient again = site.fixture.connectHost2();
        again.send(ChannelFixture.hello(ChannelFixture.S2));
        assertThat(again.receiveEnd().code()).isEqualTo("evicted");
    }

    @Test
    void hostThatMayEnrolAgainNeedsANewCertificate() throws Exception {
        Enrolled stolen = site.enrolled(HOST);
        site.database().execute("update host set evicted_at = now(), eviction_reason = 'stolen'");
        site.database().execute("update host set evicted_at = null, eviction_reason = null");
        Awaitility.await()
                .atMost(TimeLimit.seconds(10))
                .until(() -> refusedHello(site.identity(stolen)).code().equals("evicted"));

        assertThat(open(site.enrolled(HOST)).isOpen()).isTrue();
    }

    @Test
    void machineThatTakesTheNameWithAnotherTokenEndsTheFormerOne() throws Exception {
        Enrolled former = site.enrolled(HOST);
        StreamClient stream = open(former);

        StreamClient successor = open(site.enrolled(HOST));

        ControllerMessage end = stream.receive();
        if (end instanceof Sync) {
            end = stream.receive();
        }
        assertThat(((Fault) end).code()).isIn("evicted", "superseded");
        Awaitility.await()
                .atMost(TimeLimit.seconds(10))
                .until(() -> refusedHello(site.identity(former)).code().equals("evicted"));
        site.fixture.assertStillServed(successor);
        assertThat(site.database()
                        .query(
                                "select actor || ' ' || (detail ->> 'subject') || ' ' || jsonb_array_length(detail -> 'replaced')"
                                        + " from audit_event where kind = 'host.certificates-replaced'"))
                .contains("controller-1 " + HOST + " 1");
    }

    /** It could otherwise keep an operator from letting the host enrol again, for an hour. */
    @Test
    void certificatesThatAnEvictedMachineGotDontCountAgainstTheNextOne() throws Exception {
        JoinToken token = site.token(HOST, 1);
        KeyPair keys = HostRequests.p256();
        for (int i = 0; i < 20; i++) {
            var _ = site.enrolled(token, HOST, keys);
        }
        assertThat(site.enrol(token, HOST, HostRequests.of(keys, HOST)).statusCode())
                .isEqualTo(403);
        site.database().execute("update host set evicted_at = now(), eviction_reason = 'stolen'");
        site.database().execute("update host set evicted_at = null, eviction_reason = null");

        assertThat(open(site.enrolled(HOST)).isOpen()).isTrue();
    }

    private Fault refusedHello(TestCa.Identity identity) throws Exception {
        StreamClient again = site.fixture.connect(identity);
        again.send(ChannelFixture.hello(ChannelFixture.S1));
        return again.receiveEnd();
    }

    @Test
    void hostThatIsEvictedWhileItWaitsForItsLeasesGetsNone() throws Exception {
        Enrolled host = site.enrolled(HOST);
        CompletableFuture<Void> waiting = new CompletableFuture<>();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        site.fixture.events.beforeState(_ -> {
            waiting.complete(null);
            ended.join();
        });
        StreamClient client = site.fixture.connect(site.identity(host.keys(), host.certificate()));
        client.send(ChannelFixture.hello(ChannelFixture.S1));
        waiting.join();

        site.database().execute("update host set evicted_at = now(), eviction_reason = 'stolen'");

        assertThat(client.receiveEnd().code()).isEqualTo("evicted");
        ended.complete(null);
    }

    @Test
    void hostWhoseEvictionIsReadJustBeforeItsLeasesAreSentGetsNone() throws Exception {
        Enrolled host = site.enrolled(HOST);
        EvictedHosts evicted = site.fixture.enrolled.evicted();
        site.fixture.events.beforeState(_ -> {
            evicted.close();
            site.database().execute("update host set evicted_at = now(), eviction_reason = 'stolen'");
            // no stream is informed of it
            evicted.start(() -> {});
        });
        StreamClient client = site.fixture.connect(site.identity(host.keys(), host.certificate()));

        client.send(ChannelFixture.hello(ChannelFixture.S1));

        assertThat(client.receiveEnd().code()).isEqualTo("evicted");
    }

    @Test
    void evictedHostGetsNoCertificateOverAStreamThatIsStillOpen() throws Exception {
        StreamClient stream = open(site.enrolled(HOST));
        // the controller has not noticed the eviction
        site.fixture.enrolled.evicted().close();
        site.database().execute("update host set evicted_at = now(), eviction_reason = 'stolen'");

        stream.send(new CertificateRequest(HostRequests.of(HostRequests.p256(), HOST)));

        assertThat(stream.receive(CertificateRefused.class).code()).isEqualTo("refused");
        Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> site.refusals()
                .contains("certificate-evicted"));
    }

    @Test
    void hostileAgentGetsNoCertificateForAnotherHostAndNoReason() throws Exception {
        StreamClient stream = open(site.enrolled(HOST));

        stream.send(new CertificateRequest(HostRequests.of(HostRequests.p256(), "host-2.example.com")));
        CertificateRefused refused = stream.receive(CertificateRefused.class);
        site.fixture.clock(Instant.now().plus(HostPace.RENEWAL));
        stream.send(new CertificateRequest("no request"));
        CertificateRefused malformed = stream.receive(CertificateRefused.class);

        assertThat(refused.code() + " " + malformed.code()).isEqualTo("refused malformed");
        assertThat(refused.message()).doesNotContain("name");
        Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> site.refusals()
                .contains("other-name"));
        site.fixture.assertStillServed(stream);
    }

    @Test
    void hostileAgentThatClaimsAnotherHostIsRefused() throws Exception {
        StreamClient stream = site.fixture.connect(site.identity(site.enrolled(HOST)));

        stream.send(ChannelFixture.hello(ChannelFixture.S2));

        assertThat(stream.receiveEnd().code()).isEqualTo("host-mismatch");
    }

    @Test
    void streamOfTheOldCertificateDoesNotReplaceThatOfTheNewOne() throws Exception {
        Enrolled host = site.enrolled(HOST);
        StreamClient old = open(host);
        KeyPair next = HostRequests.p256();
        old.send(new CertificateRequest(HostRequests.of(next, HOST)));
        StreamClient renewed = open(next, old.receive(Certificate.class).certificate());

        assertThat(old.receiveEnd().code()).isEqualTo("superseded");
        site.fixture.assertStillServed(renewed);
    }

    @Test
    void certificateOfTheSitesAuthorityIsNotRenewedHere() throws Exception {
        StreamClient stream = site.fixture.open();

        stream.send(new CertificateRequest(HostRequests.of(HostRequests.p256(), HOST)));

        assertThat(stream.receive(CertificateRefused.class).code()).isEqualTo("refused");
        Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> site.refusals()
                .contains("certificate-unknown"));
    }
}
