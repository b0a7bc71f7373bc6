package io.mesosiam.enrol.authority;

import io.mesosiam.enrol.authority.RootFile.Root;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;

/**
 * An authority as the database has it.
 *
 * @param sealedKey the private key of an intermediate as ciphertext; empty for a root
 */
public record Authority(X509Certificate certificate, Optional<byte[]> sealedKey) {
    static final Duration ROOT_LIFETIME = Duration.ofDays(3650);
    static final Duration INTERMEDIATE_LIFETIME = Duration.ofDays(365);

    public boolean isRoot() {
        return sealedKey.isEmpty();
    }

    public Instant expiresAt() {
        return certificate.getNotAfter().toInstant();
    }

    /** Whether it can sign at this time. */
    public boolean isValid(Instant now) {
        return now.isBefore(expiresAt())
                && !now.isBefore(certificate.getNotBefore().toInstant());
    }

    /** Makes a root. {@link RootFile#write} stores it. */
    public static Root makeRoot(Instant now) {
        KeyPair keys = Certificates.rootKey();
        return new Root(Certificates.root(keys, name("root", keys, now), now, ROOT_LIFETIME), keys.getPrivate());
    }

    /** Makes an intermediate under a root. */
    public static Authority makeIntermediate(Root root, SealingKey sealing, Instant now) {
        KeyPair keys = Certificates.intermediateKey();
        X509Certificate certificate = Certificates.intermediate(
                root.certificate(),
                root.key(),
                keys.getPublic(),
                name("intermediate", keys, now),
                now,
                INTERMEDIATE_LIFETIME);
        byte[] plain = keys.getPrivate().getEncoded();
        try {
            return new Authority(certificate, Optional.of(sealing.seal(plain, Pem.fingerprint(certificate))));
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    public static Authority of(Root root) {
        return new Authority(root.certificate(), Optional.empty());
    }

    /** Two authorities of one day have different names. */
    private static String name(String kind, KeyPair keys, Instant now) {
        String id = HexFormat.of().formatHex(Pem.sha256(keys.getPublic().getEncoded()), 0, 4);
        return "mesos-iam " + kind + " " + now.atOffset(ZoneOffset.UTC).toLocalDate() + " " + id;
    }

    /** Without the sealed key. */
    @Override
    public String toString() {
        return "Authority[" + certificate.getSubjectX500Principal() + "]";
    }

    /** The intermediates of the roots among these. One whose root is deleted signs nothing that a host trusts. */
    public static List<Authority> intermediates(List<Authority> all) {
        Set<X500Principal> roots = all.stream()
                .filter(Authority::isRoot)
                .map(root -> root.certificate().getSubjectX500Principal())
                .collect(Collectors.toSet());
        return all.stream()
                .filter(authority -> !authority.isRoot()
                        && roots.contains(authority.certificate().getIssuerX500Principal()))
                .toList();
    }
}
