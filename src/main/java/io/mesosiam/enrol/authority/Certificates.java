package io.mesosiam.enrol.authority;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes keys and certificates (RFC 5280). Every certificate begins 15 minutes early, for hosts and controllers whose clock lags. */
final class Certificates {
    static final Duration EARLY = Duration.ofMinutes(15);
    private static final int SERIAL_BITS = 127;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Certificates() {}

    /** The name, the public key and the private key of the authority that signs. */
    private record Signature(X500Name issuer, PublicKey issuerKey, PrivateKey key, String algorithm) {}

    static KeyPair rootKey() {
        return key("secp384r1");
    }

    static KeyPair intermediateKey() {
        return key("secp256r1");
    }

    static KeyPair serverKey() {
        return key("secp256r1");
    }

    private static KeyPair key(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve), RANDOM);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has the curve " + curve, e);
        }
    }

    static X509Certificate root(KeyPair keys, String name, Instant now, Duration lifetime) {
        X500Name subject = named(name);
        return authority(
                new Signature(subject, keys.getPublic(), keys.getPrivate(), "SHA384withECDSA"),
                subject,
                keys.getPublic(),
                1,
                now,
                now.plus(lifetime));
    }

    /** It expires with its root at the latest. */
    static X509Certificate intermediate(
            X509Certificate root, PrivateKey rootKey, PublicKey key, String name, Instant now, Duration lifetime) {
        return authority(
                new Signature(subject(root), root.getPublicKey(), rootKey, "SHA384withECDSA"),
                named(name),
                key,
                0,
                now,
                earlier(now.plus(lifetime), root));
    }

    /**
     * A certificate for one side of TLS; it expires with its intermediate at the latest.
     *
     * @param names the first one is the common name, too
     */
    static X509Certificate leaf(
            X509Certificate intermediate,
            PrivateKey intermediateKey,
            PublicKey key,
            List<HostName> names,
            KeyPurposeId side,
            Instant now,
            Duration lifetime) {
        X509v3CertificateBuilder builder = builder(
                new Signature(subject(intermediate), intermediate.getPublicKey(), intermediateKey, "SHA256withECDSA"),
                named(names.getFirst().text()),
                key,
                now,
                earlier(now.plus(lifetime), intermediate));
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(side));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(names.stream().map(Certificates::general).toArray(GeneralName[]::new)));
        } catch (IOException e) {
            throw new IllegalStateException("an extension without an encoding", e);
        }
        return signed(builder, intermediateKey, "SHA256withECDSA");
    }

    private static GeneralName general(HostName name) {
        return new GeneralName(name.isAddress() ? GeneralName.iPAddress : GeneralName.dNSName, name.text());
    }

    private static X509Certificate authority(
            Signature signature, X500Name subject, PublicKey key, int below, Instant now, Instant end) {
        X509v3CertificateBuilder builder = builder(signature, subject, key, now, end);
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(below));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        } catch (IOException e) {
            throw new IllegalStateException("an extension without an encoding", e);
        }
        return signed(builder, signature.key(), signature.algorithm());
    }

    private static X509v3CertificateBuilder builder(
            Signature signature, X500Name subject, PublicKey key, Instant now, Instant end) {
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                signature.issuer(),
                new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS - 1),
                Date.from(now.minus(EARLY)),
                Date.from(end),
                subject,
                key);
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    identifiers.createAuthorityKeyIdentifier(signature.issuerKey()));
            builder.addExtension(Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key));
            return builder;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("a key without an identifier", e);
        }
    }

    private static X509Certificate signed(X509v3CertificateBuilder builder, PrivateKey key, String algorithm) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(key)));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("the JDK signs with " + algorithm, e);
        }
    }

    private static X500Name named(String name) {
        return new X500NameBuilder().addRDN(BCStyle.CN, name).build();
    }

    /** In the encoding of the certificate itself, which a name in another encoding would not equal. */
    private static X500Name subject(X509Certificate certificate) {
        try {
            return new JcaX509CertificateHolder(certificate).getSubject();
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("a certificate without an encoding", e);
        }
    }

    private static Instant earlier(Instant end, X509Certificate issuer) {
        Instant last = issuer.getNotAfter().toInstant();
        return end.isBefore(last) ? end : last;
    }
}
