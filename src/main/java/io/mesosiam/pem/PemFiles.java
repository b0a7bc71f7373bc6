package io.mesosiam.pem;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and keys from PEM files (RFC 7468). Throws {@link Broken} with the problem of a file. */
public final class PemFiles {
    private static final String PEM_START = "-----BEGIN CERTIFICATE-----";

    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final Pattern OTHER_KEY = Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----");
    private static final byte[] PROBE = "mesos-iam".getBytes(StandardCharsets.US_ASCII);

    private PemFiles() {}

    /** A file with the wrong content, with the problem and its cure. */
    public static final class Broken extends Exception {
        private static final long serialVersionUID = 1;
        private final String cure;

        public Broken(String problem, String cure) {
            super(problem);
            this.cure = cure;
        }

        public String problem() {
            return String.valueOf(getMessage());
        }

        public String cure() {
            return cure;
        }
    }

    /** The certificates in the order of the file, at least one. */
    public static List<X509Certificate> certificates(Path file) throws Broken {
        byte[] bytes = read(file);
        try {
            List<X509Certificate> found =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(bytes))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (!found.isEmpty() && !new String(bytes, StandardCharsets.ISO_8859_1).contains(PEM_START)) {
                throw new Broken("is not in PEM form", "Convert it: openssl x509 -inform der -in FILE -out NEW_FILE");
            }
            if (!found.isEmpty()) {
                return found;
            }
        } catch (CertificateException e) {
            throw new Broken("holds something that is no X.509 certificate", "Name a PEM file of certificates");
        }
        throw new Broken("holds no certificate", "Name a PEM file of certificates");
    }

    /** The certificates of a file of authorities, of which one at least has not expired. */
    public static List<X509Certificate> authorities(Path file, Instant now) throws Broken {
        List<X509Certificate> all = certificates(file);
        Instant end = all.stream()
                .map(authority -> authority.getNotAfter().toInstant())
                .max(Comparator.naturalOrder())
                .orElseThrow();
        if (now.isAfter(end)) {
            throw new Broken(
                    "has only certificates that have expired, the last at " + end,
                    "Add the authority's new certificate");
        }
        return all;
    }

    /** Whether the certificate has a host name or an address among its subject alternative names. */
    public static boolean hasNames(X509Certificate certificate) {
        try {
            // dNSName and iPAddress (RFC 5280, section 4.2.1.6); no other type names a server.
            return certificate.getSubjectAlternativeNames() != null
                    && certificate.getSubjectAlternativeNames().stream()
                            .map(List::getFirst)
                            .anyMatch(kind -> kind.equals(2) || kind.equals(7));
        } catch (CertificateException e) {
            return false;
        }
    }

    /**
     * Whether the certificate may sign others: by its basicConstraints, or because its version predates that extension.
     */
    public static boolean isAuthority(X509Certificate certificate) {
        return certificate.getBasicConstraints() >= 0 || certificate.getVersion() < 3;
    }

    /**
     * The private key of this certificate.
     *
     * @throws Broken if the file has no readable key, or a different one
     */
    public static PrivateKey key(Path file, X509Certificate certificate) throws Broken {
        String text = new String(read(file), StandardCharsets.ISO_8859_1);
        Matcher pem = KEY.matcher(text);
        if (!pem.find()) {
            Matcher other = OTHER_KEY.matcher(text);
            throw other.find()
                    ? new Broken(
                            "is a key in the form \"" + other.group(1) + "\"",
                            "Convert it to PKCS#8 without a passphrase: openssl pkcs8 -topk8 -nocrypt -in KEY -out NEW_KEY")
                    : new Broken("holds no private key", "Name the PEM file of the certificate's key, PKCS#8");
        }
        String algorithm = certificate.getPublicKey().getAlgorithm();
        PrivateKey key;
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
            key = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new Broken(
                    "is no readable " + algorithm + " key, which its certificate needs",
                    "Name the certificate's own key");
        }
        if (!belongTogether(key, certificate)) {
            throw new Broken(
                    "is not the key of the certificate",
                    "Name the certificate's own key. If 'mesos-iam ca controller' made both, run it again");
        }
        return key;
    }

    /** Whether the key signs and the public key of the certificate verifies. */
    public static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
        String signing =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                };
        try {
            Signature signer = Signature.getInstance(signing);
            signer.initSign(key);
            signer.update(PROBE);
            byte[] signature = signer.sign();
            Signature verifier = Signature.getInstance(signing);
            verifier.initVerify(certificate.getPublicKey());
            verifier.update(PROBE);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** A file's bytes. */
    public static byte[] read(Path file) throws Broken {
        try {
            if (Files.isDirectory(file)) {
                throw new Broken("is a directory", "Name a file");
            }
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                // reading a pipe would wait for a writer, and the files are read again and again
                throw new Broken("is no regular file", "Name a file");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new Broken("does not exist", "Make the file, or name another");
        } catch (AccessDeniedException e) {
            throw new Broken("can't be read by user " + user(), "Give the controller's user the right to read it");
        } catch (IOException e) {
            throw new Broken("can't be read (" + e.getClass().getSimpleName() + ")", "Name a readable file");
        }
    }

    /** The user's name, or its number if it has none, as in a container; Java calls such a user "?". */
    private static String user() {
        String name = System.getProperty("user.name");
        try {
            return name.equals("?")
                    ? Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString()
                    : name;
        } catch (IOException e) {
            return name;
        }
    }
}
