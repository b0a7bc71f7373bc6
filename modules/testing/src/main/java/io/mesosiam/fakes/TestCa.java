package io.mesosiam.fakes;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
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
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The certificate authority of one test, with all PEM files in one directory. Certificates are valid for a day, and for both sides of TLS.
 */
public final class TestCa {
    private static final Duration VALID = Duration.ofDays(1);

    /** Certificates start an hour ago, since clocks may lag a little behind the time of the file. */
    private static final Duration USUAL_AGE = Duration.ofHours(1);

    private static final int LONGEST_SERIAL_BITS = 127;

    private final Path directory;
    private final KeyPair keys;
    private final X509CertificateHolder certificate;

    @GuardedBy("this")
    private int issued;

    private TestCa(Path directory) {
        this.directory = directory;
        this.keys = newKeys();
        this.certificate = signed(
                new X500Name("CN=Test CA"),
                keys.getPublic(),
                USUAL_AGE,
                Map.of(
                        Extension.basicConstraints,
                        new BasicConstraints(true),
                        Extension.keyUsage,
                        new KeyUsage(KeyUsage.keyCertSign)));
    }

    /** Makes a CA whose files go to {@code directory}. */
    public static TestCa in(Path directory) {
        TestCa ca = new TestCa(directory);
        writePem(ca.certificateFile(), "CERTIFICATE", encoded(ca.certificate));
        return ca;
    }

    /** The CA's own certificate. */
    public Path certificateFile() {
        return directory.resolve("ca.pem");
    }

    /**
     * Signs a certificate for a new P-256 key.
     *
     * @param names its subject alternative names, each with its type: {@code dns:localhost}, {@code ip:127.0.0.1}; the
     *     first one's value is the common name
     */
    public Identity issue(String... names) {
        return issue(value(names[0]), USUAL_AGE, alternatives(names));
    }

    /** Signs a certificate that expired two days ago, with this name. */
    public Identity issueExpired(String name) {
        return issue("expired", Duration.ofDays(3), alternatives(name));
    }

    /** Issues a certificate that is valid for this time from now on. */
    public Identity issueExpiring(Duration left, String name) {
        return issue("expiring", VALID.minus(left), alternatives(name));
    }

    /** Signs a certificate that has a common name and no subject alternative names. */
    public Identity issueWithoutNames(String commonName) {
        return issue(commonName, USUAL_AGE, Map.of());
    }

    private synchronized Identity issue(
            String commonName, Duration age, Map<ASN1ObjectIdentifier, ASN1Object> alternatives) {
        KeyPair own = newKeys();
        Map<ASN1ObjectIdentifier, ASN1Object> extensions = new HashMap<>(alternatives);
        extensions.put(Extension.extendedKeyUsage, new ExtendedKeyUsage(new KeyPurposeId[] {
            KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
        }));
        X500Name subject = new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
        issued++;
        Path file = directory.resolve("leaf-" + issued + ".pem");
        Path key = directory.resolve("leaf-" + issued + ".key");
        writePem(file, "CERTIFICATE", encoded(signed(subject, own.getPublic(), age, extensions)));
        writePem(key, "PRIVATE KEY", own.getPrivate().getEncoded());
        return new Identity(file, key);
    }

    private static Map<ASN1ObjectIdentifier, ASN1Object> alternatives(String... names) {
        GeneralName[] all = Arrays.stream(names)
                .map(name -> new GeneralName(
                        switch (name.substring(0, name.indexOf(':'))) {
                            case "dns" -> GeneralName.dNSName;
                            case "ip" -> GeneralName.iPAddress;
                            case "email" -> GeneralName.rfc822Name;
                            case "uri" -> GeneralName.uniformResourceIdentifier;
                            default -> throw new IllegalArgumentException(name);
                        },
                        value(name)))
                .toArray(GeneralName[]::new);
        return Map.of(Extension.subjectAlternativeName, new GeneralNames(all));
    }

    private static String value(String name) {
        return name.substring(name.indexOf(':') + 1);
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Signs with the CA's key. */
    private X509CertificateHolder signed(
            X500Name subject, PublicKey key, Duration age, Map<ASN1ObjectIdentifier, ASN1Object> extensions) {
        Instant start = Instant.now().minus(age);
        try {
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Name("CN=Test CA"),
                    new BigInteger(LONGEST_SERIAL_BITS, new SecureRandom()),
                    Date.from(start),
                    Date.from(start.plus(VALID)),
                    subject,
                    key);
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    identifiers.createAuthorityKeyIdentifier(keys.getPublic()));
            builder.addExtension(Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key));
            for (var extension : extensions.entrySet()) {
                boolean critical = extension.getKey().equals(Extension.basicConstraints)
                        || extension.getKey().equals(Extension.keyUsage);
                builder.addExtension(extension.getKey(), critical, extension.getValue());
            }
            return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] encoded(X509CertificateHolder certificate) {
        try {
            return certificate.getEncoded();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A key and its certificate, as PEM files.
     *
     * @param key PKCS#8, not encrypted
     */
    public record Identity(Path certificate, Path key) {
        /** Key managers for a TLS client or server on the JDK's classes. */
        public KeyManager[] keyManagers() {
            try (InputStream in = Files.newInputStream(certificate)) {
                Certificate[] chain = CertificateFactory.getInstance("X.509")
                        .generateCertificates(in)
                        .toArray(Certificate[]::new);
                byte[] pkcs8 =
                        Base64.getDecoder().decode(Files.readString(key).replaceAll("-----[A-Z ]+-----|\\s", ""));
                // PKCS12 would derive a key from the password twice, for tens of milliseconds on each connection of a
                // test
                KeyStore store = KeyStore.getInstance("JKS");
                store.load(null, null);
                store.setKeyEntry(
                        "own",
                        KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8)),
                        new char[0],
                        chain);
                KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                managers.init(store, new char[0]);
                return managers.getKeyManagers();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void writePem(Path file, String label, byte[] der) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        try {
            Files.writeString(file, "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
