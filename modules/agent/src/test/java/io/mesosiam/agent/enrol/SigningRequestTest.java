package io.mesosiam.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.security.KeyPair;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningRequestTest {
    private static final KeyPair KEY = SigningRequest.newKey();

    @Property(tries = 200)
    void requestIsThatOfBouncyCastle(@ForAll("names") String name) throws Exception {
        byte[] der = SigningRequest.der(HostName.of(name), KEY);

        PKCS10CertificationRequest read = new PKCS10CertificationRequest(der);
        assertThat(read.isSignatureValid(new JcaContentVerifierProviderBuilder().build(KEY.getPublic())))
                .isTrue();
        // all but the signature, which is random
        assertThat(read.toASN1Structure().getCertificationRequestInfo().getEncoded(ASN1Encoding.DER))
                .isEqualTo(bouncyCastles(name)
                        .toASN1Structure()
                        .getCertificationRequestInfo()
                        .getEncoded(ASN1Encoding.DER));
        assertThat(read.getSignatureAlgorithm()).isEqualTo(bouncyCastles(name).getSignatureAlgorithm());
        assertThat(ASN1Primitive.fromByteArray(der).getEncoded(ASN1Encoding.DER))
                .isEqualTo(der);
    }

    private static PKCS10CertificationRequest bouncyCastles(String name) throws Exception {
        X500Name subject = new X500NameBuilder().addRDN(BCStyle.CN, name).build();
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        boolean address = name.matches("[0-9.]+|.*:.*");
        extensions.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, name)));
        return new JcaPKCS10CertificationRequestBuilder(subject, KEY.getPublic())
                .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(KEY.getPrivate()));
    }

    @Provide
    Arbitrary<String> names() {
        Arbitrary<String> dns = Arbitraries.strings()
                .withCharRange('a', 'z')
                .withCharRange('A', 'Z')
                .withCharRange('0', '9')
                .withChars("-._")
                .ofMinLength(1)
                .ofMaxLength(252)
                .map(rest -> "h" + rest);
        Arbitrary<String> addresses = Arbitraries.oneOf(addresses(4), addresses(16));
        return Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(4, dns), net.jqwik.api.Tuple.of(1, addresses));
    }

    private static Arbitrary<String> addresses(int length) {
        return Arbitraries.bytes().array(byte[].class).ofSize(length).map(SigningRequestTest::address);
    }

    private static String address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyKeyIsAnother() {
        assertThat(SigningRequest.newKey().getPublic()).isNotEqualTo(KEY.getPublic());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "*", "a\"b", "ü", "999.1.1.1", "1:2", "a/b"})
    void nameThatNoCertificateHasIsRefused(String name) {
        assertThatThrownBy(() -> HostName.of(name)).hasMessageContaining("MESOS_IAM_AGENT_HOSTNAME");
    }

    @Test
    void namesMatchWithoutCaseAndAddressesByValue() throws Exception {
        for (List<String> same : List.of(
                List.of("Host-1.Example", "host-1.example."),
                List.of("2001:db8::1", "2001:db8:0:0:0:0:0:1"),
                List.of("10.0.0.1", "10.0.0.1"))) {
            assertThat(HostName.of(same.getFirst()).matches(HostName.of(same.getLast())))
                    .as("%s", same)
                    .isTrue();
        }
        for (List<String> other : List.of(List.of("host-1", "host-10"), List.of("10.0.0.1", "10.0.0.2"))) {
            assertThat(HostName.of(other.getFirst()).matches(HostName.of(other.getLast())))
                    .as("%s", other)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 255, 256, 65535})
    void lengthsAreEncodedAsBouncyCastleEncodesThem(int length) throws Exception {
        byte[] own = Der.value(Der.OCTET_STRING, new byte[length]);

        assertThat(own).isEqualTo(new org.bouncycastle.asn1.DEROctetString(new byte[length]).getEncoded());
    }
}
