package io.mesosiam.enrol.authority;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Certificates and other objects as PEM text (RFC 7468), and their hashes. */
public final class Pem {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private Pem() {}

    /** The certificates one after the other. */
    public static String of(List<X509Certificate> certificates) {
        return certificates.stream()
                .map(certificate -> text("CERTIFICATE", der(certificate)))
                .collect(Collectors.joining());
    }

    static String text(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + LINES.encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    /** The content of the one object with this label; empty if there is none, or the text is no base64. */
    static Optional<byte[]> content(String label, String text) {
        Matcher found = Pattern.compile("-----BEGIN " + label + "-----([A-Za-z0-9+/=\\s]+)-----END " + label + "-----")
                .matcher(text);
        try {
            return found.find() ? Optional.of(Base64.getMimeDecoder().decode(found.group(1))) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The certificate's encoding. */
    public static byte[] der(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate without an encoding", e);
        }
    }

    /**
     * The certificate with this encoding.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static X509Certificate certificate(byte[] der) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("no certificate", e);
        }
    }

    /** SHA-256 of the certificate. */
    public static byte[] fingerprint(X509Certificate certificate) {
        return sha256(der(certificate));
    }

    /** SHA-256 of the certificate's SubjectPublicKeyInfo, base64url without padding: the last part of a join token. */
    public static String pin(X509Certificate certificate) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(sha256(certificate.getPublicKey().getEncoded()));
    }

    /** SHA-256. */
    public static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
