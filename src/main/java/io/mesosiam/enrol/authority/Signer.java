package io.mesosiam.enrol.authority;

import io.mesosiam.pem.PemFiles;
import io.mesosiam.pem.PemFiles.Broken;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** Signs certificates of hosts with the key of an intermediate, which is in memory alone. */
public final class Signer {
    private final X509Certificate intermediate;
    private final PrivateKey key;

    private Signer(X509Certificate intermediate, PrivateKey key) {
        this.intermediate = intermediate;
        this.key = key;
    }

    /**
     * Opens the sealed key of an intermediate.
     *
     * @throws Broken if another key file sealed it
     */
    public static Signer open(Authority authority, SealingKey sealing) throws Broken {
        byte[] plain = sealing.open(
                authority.sealedKey().orElseThrow(() -> new IllegalArgumentException("a root signs no hosts")),
                Pem.fingerprint(authority.certificate()));
        try {
            PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(plain));
            if (!PemFiles.belongTogether(key, authority.certificate())) {
                throw new Broken(
                        "opens a key that is not the intermediate's", "Make another with 'mesos-iam ca rotate'");
            }
            return new Signer(authority.certificate(), key);
        } catch (GeneralSecurityException e) {
            throw new Broken("opens a key of another kind than EC", "Make another with 'mesos-iam ca rotate'");
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    /** The certificate of a host, then the intermediate. */
    public List<X509Certificate> sign(PublicKey host, HostName name, Instant now, Duration lifetime) {
        return List.of(
                Certificates.leaf(intermediate, key, host, List.of(name), KeyPurposeId.id_kp_clientAuth, now, lifetime),
                intermediate);
    }

    /**
     * Makes a key and a certificate for a controller's ports, which enrolled agents trust, as PEM files.
     *
     * @param names that agents connect to
     * @param certificateFile replaced if it exists
     * @param keyFile as above; only its owner can read it
     * @return when the certificate expires
     */
    public Instant makeServer(List<HostName> names, Path certificateFile, Path keyFile, Instant now, Duration lifetime)
            throws IOException {
        KeyPair keys = Certificates.serverKey();
        X509Certificate certificate = Certificates.leaf(
                intermediate, key, keys.getPublic(), names, KeyPurposeId.id_kp_serverAuth, now, lifetime);
        byte[] plain = keys.getPrivate().getEncoded();
        // a controller that reads one new file and one old keeps what it has until both are new
        SequencedMap<Path, byte[]> contents = new LinkedHashMap<>();
        contents.put(keyFile, Pem.ascii(Pem.text("PRIVATE KEY", plain)));
        contents.put(certificateFile, Pem.ascii(Pem.of(List.of(certificate, intermediate))));
        PrivateFile.replace(contents);
        Arrays.fill(plain, (byte) 0);
        return certificate.getNotAfter().toInstant();
    }

    public X509Certificate intermediate() {
        return intermediate;
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "Signer[" + intermediate.getSubjectX500Principal() + "]";
    }
}
