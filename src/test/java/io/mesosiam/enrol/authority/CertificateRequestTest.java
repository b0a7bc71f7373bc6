package io.mesosiam.enrol.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.enrol.authority.CertificateRequest.Fault;
import io.mesosiam.enrol.authority.CertificateRequest.Malformed;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateRequestTest {
    private static final HostName HOST = HostName.of("host1.example").orElseThrow();
    private static final HostName ADDRESS = HostName.of("192.0.2.7").orElseThrow();
    private static final KeyPair KEYS = HostRequests.p256();

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
            host1.example | CN=host1.example            | none                                | none
            host1.example | CN=HOST1.example.           | dns:Host1.Example                   | none
            host1.example | CN=host2.example            | none                                | OTHER_NAME
            host1.example | CN=host1.example            | dns:host2.example                   | OTHER_NAME
            host1.example | CN=host1.example            | dns:host1.example dns:host2.example | OTHER_NAME
            host1.example | CN=host1.example            | dns:*.example                       | OTHER_NAME
            host1.example | CN=host1.example            | uri:spiffe://host1.example          | OTHER_NAME
            host1.example | CN=host1.example            | ip:192.0.2.7                        | OTHER_NAME
            host1.example | CN=host1.example,O=admins   | none                                | OTHER_NAME
            host1.example | CN=host1.example+CN=other   | none                                | OTHER_NAME
            host1.example | O=host1.example             | none                                | OTHER_NAME
            192.0.2.7     | CN=192.0.2.7                | ip:192.0.2.7                        | none
            192.0.2.7     | CN=192.0.2.7                | dns:192.0.2.7                       | none
            192.0.2.7     | CN=192.0.2.7                | ip:192.0.2.8                        | OTHER_NAME
            """)
    void requestHasTheNameOfTheHostAlone(String host, String subject, String names, Fault fault) throws Malformed {
        List<String> alternatives = names == null ? List.of() : Arrays.asList(names.split(" "));
        String pem = HostRequests.pem(KEYS, KEYS.getPrivate(), subject, alternatives, false);

        assertThat(CertificateRequest.read(pem, HostName.of(host).orElseThrow()).fault())
                .isEqualTo(java.util.Optional.ofNullable(fault));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {"secp256r1, none", "secp384r1, none", "secp521r1, WEAK_KEY", "2048, WEAK_KEY", "3072, none"})
    void weakKeyIsRefused(String kind, Fault fault) throws Malformed {
        KeyPair keys = kind.startsWith("secp") ? HostRequests.ec(kind) : HostRequests.rsa(Integer.parseInt(kind));

        assertThat(CertificateRequest.read(HostRequests.of(keys, "host1.example"), HOST)
                        .fault())
                .isEqualTo(java.util.Optional.ofNullable(fault));
    }

    /** It takes some 20 ms to verify a signature with it, before the join token is looked at. */
    @Test
    void keyWithALargeExponentIsRefusedBeforeItsSignatureIsVerified() throws Exception {
        RSAPublicKey key = (RSAPublicKey) HostRequests.rsa(3072).getPublic();
        PublicKey slow = KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(
                        key.getModulus(), key.getModulus().shiftRight(1).setBit(0)));
        KeyPair other = HostRequests.rsa(3072);
        String pem = HostRequests.pem(
                new KeyPair(slow, other.getPrivate()), other.getPrivate(), "CN=host1.example", List.of(), false);

        assertThat(CertificateRequest.read(pem, HOST).fault()).contains(Fault.WEAK_KEY);
    }

    @Test
    void signatureOfAnotherKeyIsRefused() throws Malformed {
        String pem = HostRequests.pem(KEYS, HostRequests.p256().getPrivate(), "CN=host1.example", List.of(), false);

        assertThat(CertificateRequest.read(pem, HOST).fault()).contains(Fault.WRONG_SIGNATURE);
    }

    @Test
    void certificateOfAnAuthorityIsRefused() throws Malformed {
        String pem = HostRequests.pem(KEYS, KEYS.getPrivate(), "CN=host1.example", List.of(), true);

        assertThat(CertificateRequest.read(pem, HOST).fault()).contains(Fault.AUTHORITY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret text",
                "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----",
                "-----BEGIN CERTIFICATE REQUEST-----\nA\n-----END CERTIFICATE REQUEST-----",
                "-----BEGIN CERTIFICATE REQUEST-----\nMIIBAA==\n-----END CERTIFICATE REQUEST-----",
            })
    void otherTextIsMalformedAndNotQuoted(String pem) {
        assertThatThrownBy(() -> CertificateRequest.read(pem, ADDRESS))
                .isInstanceOf(Malformed.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void sameKeyHasTheSameHash() throws Malformed {
        CertificateRequest first = CertificateRequest.read(HostRequests.of(KEYS, "host1.example"), HOST);
        CertificateRequest second = CertificateRequest.read(HostRequests.of(KEYS, "host1.example"), HOST);

        assertThat(first.keyHash()).isEqualTo(second.keyHash()).hasSize(32);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "host1, host1",
                "Host1.Example., host1.example",
                "192.0.2.7, 192.0.2.7",
                "2001:DB8::1, 2001:db8:0:0:0:0:0:1",
                "192.0.2, none",
                "1234, none",
                "-a, none",
                "a_b.example, none",
                "*.example, none",
                "fe80::1%eth0, none",
                "'', none",
                "a..b, none",
            })
    void hostNameIsADnsNameOrAnAddress(String text, String name) {
        assertThat(HostName.of(text).map(HostName::text)).isEqualTo(java.util.Optional.ofNullable(name));
    }
}
