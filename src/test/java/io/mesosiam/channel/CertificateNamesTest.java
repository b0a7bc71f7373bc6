package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestCa;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateNamesTest {
    private static CertificateNames names;

    @TempDir
    private Path other;

    @BeforeAll
    static void issue(@TempDir Path directory) throws Exception {
        TestCa.Identity identity = TestCa.in(directory)
                .issue(
                        "dns:Host-7.Example.com",
                        "ip:10.0.0.7",
                        "ip:2001:db8::7",
                        "dns:*.wild.example.com",
                        "uri:spiffe://x");
        names = names(identity, Optional.empty());
    }

    private static CertificateNames names(TestCa.Identity identity, Optional<SpiffeIds> spiffe) throws Exception {
        return CertificateNames.of((X509Certificate) StreamClient.certificate(identity.certificate()), spiffe);
    }

    @Test
    void onlyCompleteNamesAndAddressesMatch() {
        assertThat(names.dns()).containsExactly("host-7.example.com");
        assertThat(names.addresses())
                .containsExactlyInAnyOrder(InetAddress.ofLiteral("10.0.0.7"), InetAddress.ofLiteral("2001:db8::7"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host-7.example.com",
                "HOST-7.EXAMPLE.COM",
                "host-7.example.com.",
                "10.0.0.7",
                "::ffff:10.0.0.7",
                "2001:DB8:0:0::7"
            })
    void spellingsOfOneNameMatch(String spelling) {
        assertThat(names.contains(spelling)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "host-7",
                "example.com",
                "a.host-7.example.com",
                "a.wild.example.com",
                "*.wild.example.com",
                "10.0.0.70",
                "2001:db8::8",
                "x",
                "spiffe://x"
            })
    void otherNamesDoNotMatch(String other) {
        assertThat(names.contains(other)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "uri:spiffe://example.org/mesos/host-7.example.com, host-7.example.com",
        "uri:spiffe://example.org/mesos/Host-7.Example.com, host-7.example.com",
        "uri:spiffe://example.org/mesos/10.0.0.7, 10.0.0.7",
        "uri:spiffe://example.org/mesos/host-7.example.com dns:host-8.example.com ip:10.0.0.8, host-7.example.com",
        "dns:host-8.example.com, host-8.example.com",
        "uri:https://example.org/mesos/host-7 dns:host-8.example.com, host-8.example.com",
    })
    void spiffeIdNamesTheHostAlone(String names, String host) throws Exception {
        assertThat(named(names).texts()).containsExactly(host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "uri:spiffe://example.org/ns/batch/sa/task dns:host-7.example.com",
                "uri:spiffe://other.org/mesos/host-7.example.com dns:host-7.example.com",
                "uri:spiffe://example.org/mesos/host-7.example.com/more dns:host-7.example.com",
                "uri:spiffe://example.org/mesos/ dns:host-7.example.com",
                "uri:spiffe://example.org/mesos/a/../host-7 dns:host-7.example.com",
                "uri:spiffe://example.org/mesos/host%2D7 dns:host-7.example.com",
                "uri:spiffe://example.org/mesos/host-7?x dns:host-7.example.com",
                "uri:SPIFFE://example.org/mesos/host-7",
                "uri:spiffe://example.org/mesos/host-7 uri:spiffe://example.org/mesos/host-8",
                "uri:spiffe://example.org/mesos/host-7 uri:https://example.org/",
            })
    void otherSpiffeIdsNameNoHost(String names) throws Exception {
        assertThat(named(names).texts()).isEmpty();
    }

    @Test
    void idThatNamesNoHostIsShownInPrintableAscii() throws Exception {
        assertThat(named("uri:spiffe://example.org/ns/batch/sa/task dns:host-7.example.com"))
                .hasToString("spiffe://example.org/ns/batch/sa/task");
        assertThat(named("uri:spiffe://example.org/" + "a".repeat(400)).toString())
                .hasSize(203);
        assertThat(new CertificateNames(
                        Set.of(),
                        Set.of(),
                        Optional.of("spiffe://a/\n\"\u001b[2J\u00e4"),
                        "1",
                        Instant.MAX,
                        new X500Principal("CN=ca")))
                .hasToString("spiffe://a/???[2J?");
    }

    private CertificateNames named(String names) throws Exception {
        return names(TestCa.in(other).issue(names.split(" ")), SpiffeIds.of("spiffe://example.org/mesos/{host}"));
    }

    @ParameterizedTest
    @CsvSource({
        "spiffe://example.org/{host}, true",
        "spiffe://example.org/mesos/{host}/agent, true",
        "spiffe://example.org/mesos/host, false",
        "spiffe://{host}/mesos, false",
        "spiffe://example.org/mesos-{host}, false",
        "spiffe://example.org/{host}/{host}, false",
        "spiffe://Example.org/{host}, false",
        "https://example.org/{host}, false",
        "'', false",
    })
    void formHasTheHostAsASegment(String form, boolean right) {
        assertThat(SpiffeIds.isForm(form)).isEqualTo(right);
    }
}
