package io.mesosiam.fakes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/**
 * Signs instance identity documents in place of AWS, in the same form: PKCS#7 signed data in BER with the document in it, RSA with SHA-256, signed
 * attributes, and no certificates.
 */
public final class InstanceSigner {
    private final KeyPair keys;
    private final X509CertificateHolder certificate;

    public InstanceSigner() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            keys = generator.generateKeyPair();
            X500Name name = new X500Name("C=US,ST=Washington State,L=Seattle,O=Test Web Services LLC");
            Instant now = Instant.now();
            certificate = new JcaX509v3CertificateBuilder(
                            name,
                            new BigInteger(64, new SecureRandom()).setBit(62),
                            Date.from(now.minus(Duration.ofDays(1))),
                            Date.from(now.plus(Duration.ofDays(3650))),
                            name,
                            keys.getPublic())
                    .build(new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate()));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    public KeyPair keys() {
        return keys;
    }

    public X509CertificateHolder certificate() {
        return certificate;
    }

    /** Writes a file for {@code mesos-iam.enrol.ec2.certificates-file} with this certificate for one region. */
    public Path file(Path file, String region) {
        try {
            return Files.writeString(file, entry(region));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The region and the certificate, as they are in that file. */
    public String entry(String region) {
        try {
            return region + "\n-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The document of an instance. */
    public byte[] sign(FakeEc2.Instance instance) {
        return sign(document(instance));
    }

    /** The message with this document. */
    public byte[] sign(String document) {
        try {
            CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
            generator.addSignerInfoGenerator(
                    new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
                            .build(new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate()), certificate));
            return generator
                    .generate(new CMSProcessableByteArray(document.getBytes(StandardCharsets.UTF_8)), true)
                    .getEncoded();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (OperatorCreationException | CMSException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the instance metadata service states of an instance. */
    public static String document(FakeEc2.Instance instance) {
        return """
                {
                  "accountId" : "%s",
                  "architecture" : "x86_64",
                  "availabilityZone" : "%sa",
                  "billingProducts" : null,
                  "devpayProductCodes" : null,
                  "marketplaceProductCodes" : null,
                  "imageId" : "%s",
                  "instanceId" : "%s",
                  "instanceType" : "m7i.large",
                  "kernelId" : null,
                  "pendingTime" : "%s",
                  "privateIp" : "%s",
                  "ramdiskId" : null,
                  "region" : "%s",
                  "version" : "2017-09-30"
                }""".formatted(
                        instance.account(),
                        instance.region(),
                        instance.image(),
                        instance.id(),
                        instance.launched(),
                        instance.privateIp(),
                        instance.region());
    }
}
