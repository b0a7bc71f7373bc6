package io.mesosiam.agent.enrol;

import io.mesosiam.agent.config.JoinToken;
import io.mesosiam.agent.config.RootPin;
import io.mesosiam.fakes.TestCa;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** The authority of an installation: a root, and an intermediate that signs. */
final class TestAuthority {
    static final GeneralName HOST = new GeneralName(GeneralName.dNSName, "host-1");

    private static final char[] NO_PASSWORD = new char[0];

    private final KeyPair rootKey = SigningRequest.newKey();
    private final KeyPair intermediateKey = SigningRequest.newKey();
    private final X509Certificate root;
    private final X509Certificate intermediate;

    TestAuthority(String name) throws Exception {
        Instant now = Instant.now();
        root = sign(name, rootKey, new Leaf(name, rootKey.getPublic(), now, List.of()).authority());
        intermediate =
                sign(name, rootKey, new Leaf(name + " 2", intermediateKey.getPublic(), now, List.of()).authority());
    }

    /** What a certificate states; by default it is right for host-1 and valid for a day. */
    record Leaf(
            String subject,
            PublicKey key,
            Instant from,
            Instant until,
            List<GeneralName> names,
            boolean ca,
            KeyPurposeId purpose) {
        Leaf(String subject, PublicKey key, Instant now, List<GeneralName> names) {
            this(
                    subject,
                    key,
                    now.minus(Duration.ofMinutes(5)),
                    now.plus(Duration.ofDays(1)),
                    names,
                    false,
                    KeyPurposeId.id_kp_clientAuth);
        }

        static Leaf of(PublicKey key, Instant now) {
            return new Leaf("host-1", key, now, List.of(HOST));
        }

        Leaf named(GeneralName... others) {
            return new Leaf(subject, key, from, until, List.of(others), ca, purpose);
        }

        Leaf valid(Instant begin, Instant end) {
            return new Leaf(subject, key, begin, end, names, ca, purpose);
        }

        Leaf authority() {
            return new Leaf(subject, key, from, until.plus(Duration.ofDays(3650)), names, true, purpose);
        }

        Leaf server() {
            return new Leaf(subject, key, from, until, names, ca, KeyPurposeId.id_kp_serverAuth);
        }
    }

    X509Certificate root() {
        return root;
    }

    String rootPem() {
        return Pem.text(List.of(root));
    }

    /** The pin of a join token of this installation. */
    RootPin pin() throws Exception {
        return RootPin.of(
                MessageDigest.getInstance("SHA-256").digest(root.getPublicKey().getEncoded()));
    }

    JoinToken token() throws Exception {
        return JoinToken.parse("mij_" + "0123456789abcdef".repeat(2) + "_" + "s".repeat(43) + "_" + pin());
    }

    /** The certificate and the intermediate in PEM. */
    String chain(Leaf leaf) throws Exception {
        return Pem.text(List.of(sign("intermediate", intermediateKey, leaf), intermediate));
    }

    /** The certificate of a server with this name, in files. */
    TestCa.Identity serverFiles(Path directory, String name) throws Exception {
        KeyPair key = SigningRequest.newKey();
        Leaf leaf = new Leaf(name, key.getPublic(), Instant.now(), List.of(new GeneralName(GeneralName.dNSName, name)))
                .server();
        return new TestCa.Identity(
                Files.writeString(directory.resolve(name + ".pem"), chain(leaf)),
                Files.writeString(
                        directory.resolve(name + ".key"),
                        Pem.text("PRIVATE KEY", key.getPrivate().getEncoded())));
    }

    /** The context of a server with this name. */
    SSLContext server(String name, Instant now) throws Exception {
        KeyPair key = SigningRequest.newKey();
        GeneralName named = new GeneralName(GeneralName.dNSName, name);
        Leaf leaf = new Leaf(name, key.getPublic(), now, List.of(named)).server();
        KeyStore store = KeyStore.getInstance("JKS");
        store.load(null, null);
        store.setKeyEntry("own", key.getPrivate(), NO_PASSWORD, new Certificate[] {
            sign("intermediate", intermediateKey, leaf), intermediate
        });
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, NO_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private X509Certificate sign(String issuer, KeyPair by, Leaf leaf) throws Exception {
        String issuerName = issuer.equals("intermediate")
                ? intermediate.getSubjectX500Principal().getName()
                : "CN=" + issuer;
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Name(issuerName),
                new BigInteger(127, new SecureRandom()),
                Date.from(leaf.from()),
                Date.from(leaf.until()),
                new X500Name("CN=" + leaf.subject()),
                leaf.key());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(leaf.ca()));
        if (!leaf.names().isEmpty()) {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(leaf.names().toArray(GeneralName[]::new)));
        }
        if (!leaf.ca()) {
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(leaf.purpose()));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate())));
    }
}
