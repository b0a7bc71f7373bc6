package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestCa;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateNamesTest {
    private static CertificateNames names;

    @BeforeAll
    static void issue(@TempDir Path directory) throws Exception {
        TestCa.Identity identity = TestCa.in(directory)
                .issue(
                        "dns:Host-7.Example.com",
                        "ip:10.0.0.7",
                        "ip:2001:db8::7",
                        "dns:*.wild.example.com",
                        "uri:spiffe://x");
        names = CertificateNames.of((X509Certificate) StreamClient.certificate(identity.certificate()));
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
}
