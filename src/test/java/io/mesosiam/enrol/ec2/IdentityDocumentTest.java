package io.mesosiam.enrol.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.enrol.ec2.InstanceIdentity.Malformed;
import io.mesosiam.fakes.FakeEc2;
import io.mesosiam.fakes.InstanceSigner;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityDocumentTest {
    private static final InstanceSigner AWS = new InstanceSigner();
    private static final InstanceSigner OTHER_REGION = new InstanceSigner();
    private static final FakeEc2.Instance INSTANCE =
            FakeEc2.Instance.running("i-0123456789abcdef0", "ip-127-0-0-1.eu-central-1.compute.internal");
    private static final String DOCUMENT = InstanceSigner.document(INSTANCE);

    @Test
    void documentOfAwsIsReadAndIsSignedWithTheCertificateOfItsRegionAlone() throws Exception {
        IdentityDocument document = IdentityDocument.read(AWS.sign(INSTANCE));

        assertThat(document.identity())
                .isEqualTo(new InstanceIdentity(
                        "111122223333",
                        "eu-central-1",
                        "i-0123456789abcdef0",
                        "ami-0123456789abcdef0",
                        "eu-central-1a",
                        "127.0.0.1",
                        INSTANCE.launched()));
        assertThat(document.isSignedWith(certificate(AWS))).isTrue();
        assertThat(document.isSignedWith(certificate(OTHER_REGION))).isFalse();
    }

    @Test
    void certificateWithinTheMessageIsNotTrusted() throws Exception {
        IdentityDocument document = IdentityDocument.read(signed(
                DOCUMENT,
                true,
                generator -> generator.addCertificates(new JcaCertStore(List.of(OTHER_REGION.certificate()))),
                OTHER_REGION));

        assertThat(document.isSignedWith(certificate(AWS))).isFalse();
    }

    @Test
    void changedDocumentIsNotSigned() throws Exception {
        byte[] message = AWS.sign(INSTANCE);
        int at = new String(message, StandardCharsets.ISO_8859_1).indexOf("127.0.0.1");
        message[at + 8] = '2';

        assertThat(IdentityDocument.read(message).identity().privateIp()).isEqualTo("127.0.0.2");
        assertThat(IdentityDocument.read(message).isSignedWith(certificate(AWS)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHA1withRSA", "SHA512withRSA", "MD5withRSA"})
    void otherAlgorithmThanRsaWithSha256IsRefused(String algorithm) throws Exception {
        byte[] message = signed(DOCUMENT, true, algorithm, AWS.keys(), AWS.certificate());

        assertThat(IdentityDocument.read(message).isSignedWith(certificate(AWS)))
                .isFalse();
    }

    @Test
    void dsaIsRefused() throws Exception {
        KeyPairGenerator dsa = KeyPairGenerator.getInstance("DSA");
        dsa.initialize(2048);
        KeyPair keys = dsa.generateKeyPair();
        X500Name name = new X500Name("CN=dsa");
        X509CertificateHolder holder = new JcaX509v3CertificateBuilder(
                        name,
                        BigInteger.ONE,
                        Date.from(Instant.EPOCH),
                        Date.from(Instant.parse("2100-01-01T00:00:00Z")),
                        name,
                        keys.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withDSA").build(keys.getPrivate()));
        byte[] message = signed(DOCUMENT, true, "SHA256withDSA", keys, holder);

        assertThat(IdentityDocument.read(message)
                        .isSignedWith(new JcaX509CertificateConverter().getCertificate(holder)))
                .isFalse();
        assertThat(IdentityDocument.read(message).isSignedWith(certificate(AWS)))
                .isFalse();
    }

    @Test
    void twoSignersAreRefused() throws Exception {
        assertMalformed(signed(DOCUMENT, true, _ -> {}, AWS, OTHER_REGION), "has not exactly one signer");
    }

    @Test
    void noSignerIsRefused() throws Exception {
        assertMalformed(signed(DOCUMENT, true, _ -> {}), "has not exactly one signer");
    }

    @Test
    void detachedDocumentIsRefused() throws Exception {
        assertMalformed(signed(DOCUMENT, false, _ -> {}, AWS), "has no document in it");
    }

    @Test
    void anyTruncationAndTrailingBytesAreRefused() {
        byte[] message = AWS.sign(INSTANCE);

        for (int length = 0; length < message.length; length++) {
            byte[] start = Arrays.copyOf(message, length);
            assertThatThrownBy(() -> IdentityDocument.read(start)).isInstanceOf(Malformed.class);
        }
        assertMalformed(Arrays.copyOf(message, message.length + 1), "is not one PKCS#7 message of signed data");
        byte[] twice = Arrays.copyOf(message, 2 * message.length);
        System.arraycopy(message, 0, twice, message.length, message.length);
        assertMalformed(twice, "is not one PKCS#7 message");
    }

    /** Each byte in turn has other values: nothing but the document that AWS signed counts, and no other exception is thrown. */
    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x02, 0x04, 0x05, 0x0c, 0x24, 0x30, 0x31, 0x80, 0xa0, 0xff})
    void otherByteAtAnyPlaceIsMalformedUnsignedOrWithoutEffect(int value) throws Exception {
        byte[] message = AWS.sign(INSTANCE);
        InstanceIdentity identity = IdentityDocument.read(message).identity();

        for (int at = 0; at < message.length; at++) {
            byte[] changed = message.clone();
            changed[at] = (byte) value;
            try {
                IdentityDocument document = IdentityDocument.read(changed);
                assertThat(!document.isSignedWith(certificate(AWS))
                                || document.identity().equals(identity))
                        .as("byte %d", at)
                        .isTrue();
            } catch (Malformed e) {
                assertThat(e).hasMessageNotContaining(INSTANCE.id());
            }
        }
    }

    @Test
    void longMessageIsRefusedUnread() {
        assertMalformed(new byte[1 << 20], "has more than 12288 bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0500",
                "3000",
                "30060201000201ff",
                "308080",
                "3080060929864886f70d0107020000",
                "a08030800000",
                "ff"
            })
    void otherDataIsRefused(String hexadecimal) {
        assertThatThrownBy(() -> IdentityDocument.read(new BigInteger("01" + hexadecimal, 16).toByteArray()))
                .isInstanceOf(Malformed.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "accountId" : "111122223333"            | "accountId" : "11112222333"                        | the document's accountId has not the form of AWS
            "accountId" : "111122223333"            | "accountId" : 111122223333                         | the document's accountId has not the form of AWS
            "accountId" : "111122223333"            | "account" : "111122223333"                         | the document's accountId has not the form of AWS
            "accountId" : "111122223333"            | "accountId" : "111122223333", "accountId" : "999999999999" | the document is no JSON, or has a field twice
            "region" : "eu-central-1"               | "region" : "../eu-central-1"                       | the document's region has not the form of AWS
            "instanceId" : "i-0123456789abcdef0"    | "instanceId" : "i-0123' or 1=1"                    | the document's instanceId has not the form of AWS
            "imageId" : "ami-0123456789abcdef0"     | "imageId" : null                                   | the document's imageId has not the form of AWS
            "privateIp" : "127.0.0.1"               | "privateIp" : "127.0.0.256"                        | the document's privateIp has not the form of AWS
            "privateIp" : "127.0.0.1"               | "privateIp" : "host.example"                       | the document's privateIp has not the form of AWS
            "availabilityZone" : "eu-central-1a"    | "availabilityZone" : ""                            | the document's availabilityZone has not the form of AWS
            "version" : "2017-09-30"                | "version" : "2017-09-30", "more" : [1, {"a": 2}]   |
            }                                       | }}                                                 | the document is no JSON, or has a field twice
            }                                       | } {}                                               | the document is no JSON, or has a field twice
            """)
    void fieldsThatCountHaveTheFormOfAwsAndOthersMayBeThere(String before, String after, String problem)
            throws Exception {
        byte[] message = AWS.sign(DOCUMENT.replace(before, after));
        if (problem == null) {
            assertThat(IdentityDocument.read(message).isSignedWith(certificate(AWS)))
                    .isTrue();
        } else {
            assertMalformed(message, problem);
        }
    }

    @Test
    void pendingTimeIsATime() {
        assertMalformed(
                AWS.sign(DOCUMENT.replaceFirst(
                        "\"pendingTime\" : \"[^\"]+\"", "\"pendingTime\" : \"2026-02-30T12:00:00Z\"")),
                "the document's pendingTime has not the form of AWS");
        assertThat(INSTANCE.launched()).isBefore(Instant.now());
    }

    private static void assertMalformed(byte[] message, String problem) {
        assertThatThrownBy(() -> IdentityDocument.read(message))
                .isInstanceOf(Malformed.class)
                .hasMessage(problem);
    }

    private static X509Certificate certificate(InstanceSigner signer) throws Exception {
        return new JcaX509CertificateConverter().getCertificate(signer.certificate());
    }

    private interface More {
        void to(CMSSignedDataGenerator generator) throws Exception;
    }

    private static byte[] signed(String document, boolean attached, More more, InstanceSigner... signers)
            throws Exception {
        CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
        for (InstanceSigner signer : signers) {
            generator.addSignerInfoGenerator(
                    new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
                            .build(
                                    new JcaContentSignerBuilder("SHA256withRSA")
                                            .build(signer.keys().getPrivate()),
                                    signer.certificate()));
        }
        more.to(generator);
        return encoded(generator, document, attached);
    }

    private static byte[] signed(
            String document, boolean attached, String algorithm, KeyPair keys, X509CertificateHolder certificate)
            throws Exception {
        CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
        generator.addSignerInfoGenerator(
                new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
                        .build(new JcaContentSignerBuilder(algorithm).build(keys.getPrivate()), certificate));
        return encoded(generator, document, attached);
    }

    private static byte[] encoded(CMSSignedDataGenerator generator, String document, boolean attached)
            throws Exception {
        CMSSignedData message =
                generator.generate(new CMSProcessableByteArray(document.getBytes(StandardCharsets.UTF_8)), attached);
        return message.getEncoded();
    }
}
