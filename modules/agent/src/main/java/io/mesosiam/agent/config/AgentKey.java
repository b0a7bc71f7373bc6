package io.mesosiam.agent.config;

import io.mesosiam.reach.FileProblem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * The agent's TLS identity and the CA that it trusts. The PEM files are read for each stream; the next stream uses
 * renewed files.
 */
public final class AgentKey {
    private static final char[] NO_PASSWORD = new char[0];
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";

    private AgentKey() {}

    /**
     * A TLS context with the agent's key that trusts only the CA of the files.
     *
     * @throws IOException if a file can't be read or has the wrong content; the message names the file
     */
    public static SSLContext tls(AgentConfig.KeyFiles files) throws IOException {
        try {
            List<Certificate> chain = certificates(files.certificate());
            PrivateKey key = privateKey(files.key(), chain.getFirst().getPublicKey());
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            own.setKeyEntry("agent", key, NO_PASSWORD, chain.toArray(Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, NO_PASSWORD);

            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(keys.getKeyManagers(), trusting(certificates(files.ca())), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("can't make a TLS context of the certificate files: " + e.getMessage(), e);
        }
    }

    /** Trust in these authorities alone. */
    public static TrustManager[] trusting(List<? extends Certificate> authorities)
            throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (Certificate ca : authorities) {
            trusted.setCertificateEntry("ca-" + trusted.size(), ca);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        return trust.getTrustManagers();
    }

    /**
     * The problems of the files, one line each. The key is compared with the certificate only if the certificate can be
     * read.
     */
    static List<String> problems(AgentConfig.KeyFiles files) {
        List<String> problems = new ArrayList<>();
        List<Certificate> chain = List.of();
        try {
            chain = certificates(files.certificate());
        } catch (IOException e) {
            problems.add(problem(
                    "CERTIFICATE",
                    files.certificate(),
                    e,
                    "Name a PEM file with this host's certificate that the agent can read"));
        }
        try {
            if (chain.isEmpty()) {
                byte[] unused = read(files.key());
                Arrays.fill(unused, (byte) 0);
            } else {
                PrivateKey unused = privateKey(files.key(), chain.getFirst().getPublicKey());
            }
        } catch (IOException e) {
            problems.add(problem(
                    "KEY",
                    files.key(),
                    e,
                    "Name a PEM file with the certificate's unencrypted PKCS#8 key that the agent can read"));
        }
        try {
            List<Certificate> unused = certificates(files.ca());
        } catch (IOException e) {
            problems.add(
                    problem("CA", files.ca(), e, "Name a PEM file with the CA's certificates that the agent can read"));
        }
        return problems;
    }

    private static String problem(String variable, Path file, IOException e, String cure) {
        return StartCheck.line(variable, file.toString(), FileProblem.reason(file, e), cure);
    }

    private static List<Certificate> certificates(Path file) throws IOException {
        try {
            List<Certificate> certificates = List.copyOf(
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(read(file))));
            if (certificates.isEmpty()) {
                throw new IOException(file + " holds no certificate in PEM");
            }
            return certificates;
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " holds no certificate in PEM: " + e.getMessage(), e);
        }
    }

    private static PrivateKey privateKey(Path file, PublicKey certified) throws IOException {
        byte[] pem = read(file);
        String text = new String(pem, StandardCharsets.US_ASCII);
        Arrays.fill(pem, (byte) 0);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(file + " holds no unencrypted PKCS#8 key in PEM ('" + BEGIN + "')");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
            PrivateKey key =
                    KeyFactory.getInstance(certified.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(der));
            Arrays.fill(der, (byte) 0);
            if (!belongTogether(key, certified)) {
                throw new IOException(file + " is not the key that the certificate was made for");
            }
            return key;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(
                    file + " is not the " + certified.getAlgorithm() + " key that the certificate was made for", e);
        }
    }

    private static boolean belongTogether(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
        String algorithm =
                switch (certified.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    case String other -> other;
                };
        byte[] probe = {1, 2, 3};
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(probe);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        signature.update(probe);
        return signature.verify(signed);
    }

    private static byte[] read(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IOException(file + " can't be read: " + FileProblem.reason(file, e), e);
        }
    }
}
