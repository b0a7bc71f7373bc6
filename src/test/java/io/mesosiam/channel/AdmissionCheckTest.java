package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The question of an agent's doctor whether the agent would be admitted. */
class AdmissionCheckTest {
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

    /** The whole answer. */
    private String ask(TestCa.Identity identity, String mesosAgentId) throws IOException {
        try (SSLSocket socket = site.fixture.handshaken(identity)) {
            socket.getOutputStream()
                    .write(("GET " + Protocol.PATH
                                    + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: bWVzb3MtaWFtLWRvY3Rvcg==\r\n"
                                    + Protocol.ADMISSION_HEADER + ": " + mesosAgentId + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void agentThatIsServedWouldBeAdmittedAndItsStreamGoesOn() throws Exception {
        StreamClient stream = site.fixture.open();
        List<String> claim = site.database().query("select epoch from agent");

        assertThat(ask(site.fixture.host1(), "S1")).startsWith("HTTP/1.1 200 ");
        assertThat(ask(site.fixture.host1(), "")).startsWith("HTTP/1.1 200 ");

        site.fixture.assertStillServed(stream);
        assertThat(site.database().query("select epoch from agent")).isEqualTo(claim);
    }

    @Test
    void otherHostGetsTheFaultOfItsHello() throws Exception {
        assertThat(ask(site.fixture.host1(), "S2"))
                .startsWith("HTTP/1.1 403 ")
                .contains("host-mismatch", "host-1.example.com")
                .doesNotContain("host-2");
        assertThat(ask(site.fixture.issue("uri:spiffe://example.org/other/host-1.example.com"), "S1"))
                .startsWith("HTTP/1.1 403 ")
                .contains("host-mismatch", "mesos-iam.channel.spiffe-id");
        assertThat(ask(site.fixture.host1(), "S9")).contains("not-registered");
        assertThat(ask(site.fixture.host1(), "x".repeat(600))).contains("malformed");
        assertThat(site.fixture.channel.faults().of(ChannelFixture.S2)).isEmpty();
    }

    @Test
    void hostThatIsEvictedByItsNameGetsTheFaultWithACertificateForItsAddress() throws Exception {
        site.database()
                .execute(
                        "insert into host (hostname, evicted_at, eviction_reason) values ('host-2.example.com', now(), 'stolen')");
        Awaitility.await().atMost(TimeLimit.seconds(10)).untilAsserted(() -> assertThat(ask(site.fixture.host2(), "S2"))
                .startsWith("HTTP/1.1 403 ")
                .contains("\"evicted\""));
    }

    @Test
    void evictedHostAndExpiredCertificateGetTheFaultOfTheirHello() throws Exception {
        site.database()
                .execute(
                        "insert into host (hostname, evicted_at, eviction_reason) values ('10.0.0.2', now(), 'stolen')");
        Awaitility.await().atMost(TimeLimit.seconds(10)).untilAsserted(() -> assertThat(ask(site.fixture.host2(), "S2"))
                .startsWith("HTTP/1.1 403 ")
                .contains("\"evicted\""));
        // its tasks keep their sessions until it is informed: a drained controller says it, too
        site.fixture.channel.drain(false);
        assertThat(ask(site.fixture.host2(), "S2")).contains("\"evicted\"");
        assertThat(ask(site.fixture.host1(), "S1")).contains("\"stopping\"");
        site.fixture.channel.endDrain();

        site.fixture.clock(Instant.now().plus(Duration.ofDays(4000)));
        assertThat(ask(site.fixture.host1(), "")).contains("certificate-expired");
    }
}
