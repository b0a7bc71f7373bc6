package io.mesosiam.agent.enrol;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A certificate that a controller has issued and this agent accepts.
 *
 * @param chain the agent's own certificate, then the intermediates
 * @param authorities the roots that the agent trusts from now on
 */
record IssuedCertificate(List<X509Certificate> chain, List<X509Certificate> authorities) {
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final int NO_CA = -1;

    /**
     * What the certificate must prove.
     *
     * @param key the public key of the request
     * @param trusted the roots that are trusted now
     * @param newRoots whether the chain may end at a root that the answer adds to them; never for the first certificate,
     *     which has to end at the pinned root
     */
    record Expected(PublicKey key, HostName host, List<X509Certificate> trusted, boolean newRoots) {}

    IssuedCertificate {
        chain = List.copyOf(chain);
        authorities = List.copyOf(authorities);
    }

    X509Certificate leaf() {
        return chain.getFirst();
    }

    /**
     * Checks an answer.
     *
     * @param certificate PEM: the leaf, then the intermediates
     * @param authorities PEM: the roots
     * @throws IOException if the agent must not use it; the message says why
     */
    static IssuedCertificate check(String certificate, String authorities, Expected expected, Instant now)
            throws IOException {
        List<X509Certificate> chain = Pem.certificates("the certificate of the answer", certificate);
        List<X509Certificate> roots = Pem.certificates("the field authorities of the answer", authorities);
        X509Certificate leaf = chain.getFirst();
        if (!Arrays.equals(leaf.getPublicKey().getEncoded(), expected.key().getEncoded())) {
            throw new IOException("the certificate is not for the key of this agent");
        }
        HostName name = HostName.onlyNameOf(leaf);
        if (!name.matches(expected.host())) {
            throw new IOException("the certificate is for " + name.text() + ", this host is "
                    + expected.host().text());
        }
        checkPurpose(leaf);
        checkTime(leaf, now);
        if (expected.trusted().stream().noneMatch(roots::contains)) {
            throw new IOException("none of the authorities that this agent trusts is among those of the answer");
        }
        checkPath(chain, expected.newRoots() ? roots : expected.trusted(), now);
        return new IssuedCertificate(chain, roots);
    }

    private static void checkPurpose(X509Certificate leaf) throws IOException {
        try {
            List<String> purposes = leaf.getExtendedKeyUsage();
            if (leaf.getBasicConstraints() != NO_CA || purposes == null || !purposes.contains(CLIENT_AUTH)) {
                throw new IOException("the certificate is not for a TLS client");
            }
        } catch (CertificateParsingException e) {
            throw new IOException("the certificate's purpose can't be read", e);
        }
    }

    private static void checkTime(X509Certificate leaf, Instant now) throws IOException {
        Instant from = leaf.getNotBefore().toInstant();
        Instant until = leaf.getNotAfter().toInstant();
        if (now.isBefore(from) || !now.isBefore(until)) {
            throw new IOException("the certificate is valid from " + from + " until " + until
                    + ", and this host's clock shows " + now + ": correct the clock of this host or of the controller");
        }
    }

    private static void checkPath(List<X509Certificate> chain, List<X509Certificate> roots, Instant now)
            throws IOException {
        try {
            Set<TrustAnchor> anchors =
                    roots.stream().map(root -> new TrustAnchor(root, null)).collect(Collectors.toSet());
            PKIXParameters parameters = new PKIXParameters(anchors);
            // eviction replaces revocation
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            // the root itself may be behind the intermediates
            X509Certificate leaf = chain.getFirst();
            List<X509Certificate> path = chain.stream()
                    .filter(it -> it.equals(leaf) || !roots.contains(it))
                    .toList();
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate does not lead to a trusted root: " + e.getMessage(), e);
        }
    }
}
