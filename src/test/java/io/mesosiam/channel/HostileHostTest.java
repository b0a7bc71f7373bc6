package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.channel.EnrolmentFixture.Enrolled;
import io.mesosiam.channel.wire.AgentMessage.CertificateRequest;
import io.mesosiam.channel.wire.ControllerMessage.Certificate;
import io.mesosiam.channel.wire.ControllerMessage.CertificateRefused;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.enrol.JoinToken;
import io.mesosiam.enrol.authority.HostRequests;
import io.mesosiam.fakes.TimeLimit;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that a host must not have, or not have any longer, and clocks that are wrong. */
class HostileHostTest {
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

    /** TLS doesn't check a certificate again when a session is resumed. */
    @Test
    void expiredCertificateOfAResumedSessionIsRefused() throws Exception {
        Enrolled host = site.enrolled(HOST);
        site.fixture.clock(Instant.now().plus(Duration.ofHours(25)));

        assertThat(refusedHello(host).code()).isEqualTo("certificate-expired");
    }

    @Test
    void streamEndsWhenTheRootOfItsCertificateIsDeleted() throws Exception {
        Enrolled host = site.enrolled(HOST);
        StreamClient enrolled = open(host.keys(), host.certificate());
        StreamClient other = site.fixture.connectHost2();
        other.send(ChannelFixture.hello(ChannelFixture.S2));
        var _ = other.receive(Sync.class);

        site.database().execute("delete from authority where kind = 'root'");
        site.awaitAuthorities(0);
        site.fixture.recheck();

        assertThat(enrolled.receiveEnd().code()).isEqualTo("authority-removed");
        assertThat(other.isOpen()).as("of the site's own authority").isTrue();
    }

    @Test
    void intermediateWhoseRootIsDeletedSignsNothing() throws Exception {
        Enrolled before = site.enrolled(HOST);
        site.anotherRoot();
        site.awaitAuthorities(2);
        site.database()
                .execute(
                        "delete from authority where kind = 'root' and created_at = (select max(created_at) from authority where kind = 'root')");
        site.awaitAuthorities(1);

        assertThat(issuer(site.enrolled(HOST))).isEqualTo(issuer(before));
    }

    private static String issuer(Enrolled host) {
        return host.certificate().substring(host.certificate().indexOf("END CERTIFICATE"));
    }

    @Test
    void deletedIntermediateCutsNoAgentOff() throws Exception {
        Enrolled host = site.enrolled(HOST);
        StreamClient stream = open(host.keys(), host.certificate());
        site.rotate();

        site.database()
                .execute("delete from authority where created_at = (select min(created_at) from authority where kind ="
                        + " 'intermediate')");
        site.awaitAuthorities(1);
        site.fixture.recheck();

        site.fixture.assertStillServed(stream);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT10M", "PT-10M"})
    void controllerWhoseClockIsWrongEnrolsServesAndRenewsHosts(Duration ahead) throws Exception {
        site.fixture.clock(Instant.now().plus(ahead));
        Enrolled host = site.enrolled(HOST);
        StreamClient stream = open(host.keys(), host.certificate());
        KeyPair next = HostRequests.p256();
        stream.send(new CertificateRequest(HostRequests.of(next, HOST)));
        Certificate renewed = stream.receive(Certificate.class);
        site.fixture.recheck();
        site.fixture.assertStillServed(stream);

        StreamClient again = open(next, renewed.certificate());

        site.database().execute("update host set evicted_at = now(), eviction_reason = 'stolen'");
        var _ = again.receiveEviction();
    }

    /** The stream of an expired certificate stays open until the next ping, and longer if the controller's clock lags. */
    @Test
    void machineThatAnotherOneReplacedRenewsNoCertificateThatHasExpired() throws Exception {
        Enrolled former = site.enrolled(HOST);
        StreamClient stream = open(former.keys(), former.certificate());
        site.database().execute("alter table host_certificate disable trigger all");
        site.database()
                .execute(
                        "update host_certificate set issued_at = now() - interval '1 day', expires_at = now() - interval '1 second'");
        site.database().execute("alter table host_certificate enable trigger all");
        stream.send(new CertificateRequest(HostRequests.of(HostRequests.p256(), HOST)));
        var _ = stream.receive(CertificateRefused.class);

        var _ = site.enrolled(HOST);

        var _ = stream.receiveEviction();
        Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> site.refusals()
                .contains("certificate-expired"));
    }

    /** The token's request can be repeated while its first certificate is valid, by which time the host has another key. */
    @Test
    void repetitionOfATokensRequestEndsNoCertificateThatTheSameMachineHasByRotation() throws Exception {
        JoinToken token = site.token(HOST, 1);
        Enrolled host = site.enrolled(token, HOST, HostRequests.p256());
        StreamClient stream = open(host.keys(), host.certificate());
        stream.send(new CertificateRequest(HostRequests.of(HostRequests.p256(), HOST)));
        var _ = stream.receive(Certificate.class);

        var _ = site.enrolled(token, HOST, host.keys());

        assertThat(site.database().query("select proof from host_certificate where evicted_at is null"))
                .containsExactlyInAnyOrder("join-token", "rotation", "join-token");
    }

    @Test
    void floodOfCertificateRequestsIsAnsweredOnceASecond() throws Exception {
        Instant now = Instant.now();
        site.fixture.clock(now);
        Enrolled host = site.enrolled(HOST);
        StreamClient stream = open(host.keys(), host.certificate());
        CertificateRequest request = new CertificateRequest(HostRequests.of(HostRequests.p256(), HOST));
        stream.send(request);
        var _ = stream.receive(Certificate.class);

        for (int i = 0; i < 100; i++) {
            stream.send(request);
        }
        site.fixture.assertStillServed(stream);
        site.fixture.clock(now.plus(HostPace.RENEWAL));
        stream.send(request);

        var _ = stream.receive(Certificate.class);
        assertThat(site.database().query("select count(*) from host_certificate where proof = 'rotation'"))
                .containsExactly("2");
    }

    @Test
    void messagesBeyondTheBurstOfAHostAreReadAtItsPaceOverAllItsStreams() throws Exception {
        Enrolled host = site.enrolled(HOST);
        int units = 2049;
        String message = " ".repeat((units - 1) * HostPace.BYTES) + "{\"type\":\"policies\",\"version\":1}";
        long begun = System.nanoTime();
        StreamClient first = open(host.keys(), host.certificate());
        sendAll(first, message, 5);
        StreamClient second = open(host.keys(), host.certificate());

        sendAll(second, message, 7);

        // the last message is read when the streams and the messages before it are paid off but for the burst
        long beyond = 2 * HostPace.UNITS_OF_STREAM + 11 * units - HostPace.burst(4096);
        assertThat(beyond).isPositive();
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isGreaterThan(Duration.ofSeconds(1).multipliedBy(beyond - 12).dividedBy(HostPace.UNITS));
    }

    @Test
    void streamsThatAHostOpensAgainAndAgainAreRefusedBeforeTheirHello() throws Exception {
        Enrolled host = site.enrolled(HOST);
        StreamClient first = open(host.keys(), host.certificate());
        sendAll(first, " ".repeat(2048 * HostPace.BYTES) + "{\"type\":\"policies\",\"version\":1}", 12);

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 8; i++) {
                        var _ = open(host.keys(), host.certificate());
                    }
                })
                .hasStackTraceContaining("429");
        assertThat(site.enrolled("host-2.example.com").certificate()).isNotEmpty();
    }

    private void sendAll(StreamClient stream, String message, int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            stream.send(message);
        }
        int heard = 0;
        while (heard < times) {
            heard += site.fixture.events.next() instanceof HeardEvents.PoliciesApplied ? 1 : 0;
        }
    }

    private StreamClient open(KeyPair keys, String certificate) throws InterruptedException {
        StreamClient client = site.fixture.connect(site.identity(keys, certificate));
        client.send(ChannelFixture.hello(ChannelFixture.S1));
        var _ = client.receive(Sync.class);
        return client;
    }

    private Fault refusedHello(Enrolled host) throws Exception {
        StreamClient client = site.fixture.connect(site.identity(host));
        client.send(ChannelFixture.hello(ChannelFixture.S1));
        return client.receiveEnd();
    }
}
