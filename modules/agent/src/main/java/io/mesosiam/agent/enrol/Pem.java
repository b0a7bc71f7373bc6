package io.mesosiam.agent.enrol;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** PEM (RFC 7468). */
final class Pem {
    private static final int LINE = 64;

    private static final String CERTIFICATE = "-----BEGIN CERTIFICATE-----";

    /** The most certificates that an answer has of a kind. */
    private static final int MOST = 8;

    private Pem() {}

    static String text(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + label + "-----\n";
    }

    static String text(List<X509Certificate> certificates) {
        return certificates.stream().map(it -> text("CERTIFICATE", encoded(it))).collect(Collectors.joining());
    }

    static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate that can't be encoded", e);
        }
    }

    /**
     * The certificates of a text, 1 to 8.
     *
     * @throws IOException if it has others; the message begins with {@code what}
     */
    static List<X509Certificate> certificates(String what, String text) throws IOException {
        try {
            if (!text.strip().startsWith(CERTIFICATE)) {
                throw new IOException(what + " is no certificate in PEM");
            }
            List<X509Certificate> certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toList();
            if (certificates.isEmpty() || certificates.size() > MOST) {
                throw new IOException(
                        what + " has " + certificates.size() + " certificates, it must have 1 to " + MOST);
            }
            return certificates;
        } catch (CertificateException e) {
            throw new IOException(what + " is no certificate in PEM", e);
        }
    }

    /**
     * The content of the first block with this label.
     *
     * @throws IOException if there is none; the message contains nothing of the text
     */
    static byte[] block(String label, String text) throws IOException {
        String begin = "-----BEGIN " + label + "-----";
        int from = text.indexOf(begin);
        int to = text.indexOf("-----END " + label + "-----");
        if (from < 0 || to < from) {
            throw new IOException("holds no " + label + " in PEM");
        }
        try {
            return Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
        } catch (IllegalArgumentException e) {
            throw new IOException("holds no " + label + " in PEM", e);
        }
    }
}
