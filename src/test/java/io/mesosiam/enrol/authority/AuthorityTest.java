package io.mesosiam.enrol.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.enrol.authority.RootFile.Root;
import io.mesosiam.pem.PemFiles.Broken;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final HostName HOST = HostName.of("host1.example").orElseThrow();

    @TempDir
    Path directory;

    private final char[] passphrase = "correct horse battery".toCharArray();
    private Path rootFile;
    private Path keyFile;

    @BeforeEach
    void files() {
        rootFile = directory.resolve("root.pem");
        keyFile = directory.resolve("enrol.key");
    }

    @Test
    void hostsCertificateIsValidUnderTheRootAndNamesTheHostAlone() throws Exception {
        Root root = Authority.makeRoot(NOW);
        Authority intermediate = Authority.makeIntermediate(root, key(), NOW);

        List<X509Certificate> chain =
                Signer.open(intermediate, key()).sign(HostRequests.p256().getPublic(), HOST, NOW, Duration.ofHours(24));

        validate(chain, root.certificate());
        X509Certificate leaf = chain.getFirst();
        assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(2, "host1.example"));
        assertThat(leaf.getSubjectX500Principal().getName()).isEqualTo("CN=host1.example");
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
        assertThat(leaf.getKeyUsage()).startsWith(true, false, false);
        assertThat(leaf.getSerialNumber().bitLength()).isEqualTo(127);
        assertThat(leaf.getNotBefore()).isEqualTo(Date.from(NOW.minus(Duration.ofMinutes(15))));
        assertThat(leaf.getNotAfter()).isEqualTo(Date.from(NOW.plus(Duration.ofHours(24))));
    }

    @Test
    void certificateOfAHostWithAnAddressHasTheAddress() throws Exception {
        Root root = Authority.makeRoot(NOW);
        Signer signer = Signer.open(Authority.makeIntermediate(root, key(), NOW), key());

        X509Certificate leaf = signer.sign(
                        HostRequests.p256().getPublic(),
                        HostName.of("192.0.2.7").orElseThrow(),
                        NOW,
                        Duration.ofHours(1))
                .getFirst();

        assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(7, "192.0.2.7"));
    }

    @Test
    void certificateExpiresWithItsIntermediate() throws Exception {
        Root root = Authority.makeRoot(NOW);
        Authority intermediate = Authority.makeIntermediate(root, key(), NOW);
        Instant late = intermediate.expiresAt().minus(Duration.ofHours(1));

        X509Certificate leaf = Signer.open(intermediate, key())
                .sign(HostRequests.p256().getPublic(), HOST, late, Duration.ofHours(24))
                .getFirst();

        assertThat(leaf.getNotAfter().toInstant()).isEqualTo(intermediate.expiresAt());
    }

    @Test
    void rotationKeepsCertificatesOfBothIntermediatesValid() throws Exception {
        Root root = Authority.makeRoot(NOW);
        Signer before = Signer.open(Authority.makeIntermediate(root, key(), NOW), key());
        RootFile.write(rootFile, root, passphrase, 1000);
        Root again = RootFile.read(rootFile, passphrase);
        Signer after = Signer.open(Authority.makeIntermediate(again, key(), NOW), key());

        for (Signer signer : List.of(before, after)) {
            validate(signer.sign(HostRequests.p256().getPublic(), HOST, NOW, Duration.ofHours(24)), root.certificate());
        }
        assertThat(before.intermediate().getSubjectX500Principal())
                .isNotEqualTo(after.intermediate().getSubjectX500Principal());
    }

    @Test
    void fileOfTheRootIsPrivateEncryptedAndNeverReplaced() throws IOException {
        Root root = Authority.makeRoot(NOW);
        RootFile.write(rootFile, root, passphrase, 1000);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(rootFile)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(rootFile)).contains("ENCRYPTED PRIVATE KEY").doesNotContain("BEGIN PRIVATE KEY");
        assertThatThrownBy(() -> RootFile.write(rootFile, root, passphrase, 1000))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(root.toString()).doesNotContain(String.valueOf(root.key()));
        assertThat(RootFile.ROUNDS).isGreaterThanOrEqualTo(600_000);
    }

    @Test
    void wrongPassphraseIsNamedAndNotQuoted() throws IOException {
        RootFile.write(rootFile, Authority.makeRoot(NOW), passphrase, 1000);

        assertThatThrownBy(() -> RootFile.read(rootFile, "another passphrase".toCharArray()))
                .isInstanceOf(Broken.class)
                .hasMessage("can't be decrypted with this passphrase");
    }

    /** Of 256 wrong passphrases, one decrypts to bytes that end as padding does. */
    @Test
    void everyWrongPassphraseIsSaidToBeWrong() throws Exception {
        RootFile.write(rootFile, Authority.makeRoot(NOW), passphrase, 1000);

        for (int i = 0; i < 1000; i++) {
            String wrong = "another passphrase " + i;
            assertThatThrownBy(() -> RootFile.read(rootFile, wrong.toCharArray()))
                    .isInstanceOfSatisfying(Broken.class, e -> assertThat(e.problem())
                            .isEqualTo("can't be decrypted with this passphrase"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "", "pässphrase of many"})
    void weakPassphraseIsRefused(String weak) {
        assertThat(RootFile.faults(weak.toCharArray())).isNotEmpty();
    }

    @Test
    void sealedKeyOpensOnlyWithItsKeyFileAndForItsCertificate() throws Exception {
        Root root = Authority.makeRoot(NOW);
        Authority intermediate = Authority.makeIntermediate(root, key(), NOW);
        Authority other = Authority.makeIntermediate(root, key(), NOW);
        Path otherFile = directory.resolve("other.key");
        assertThat(SealingKey.make(otherFile)).isTrue();
        SealingKey otherKey = SealingKey.read(otherFile);

        assertThatThrownBy(() -> Signer.open(intermediate, otherKey))
                .isInstanceOf(Broken.class)
                .hasMessage("is not the key that sealed the intermediate");
        assertThatThrownBy(() -> Signer.open(new Authority(intermediate.certificate(), other.sealedKey()), key()))
                .isInstanceOf(Broken.class);
        byte[] changed = intermediate.sealedKey().orElseThrow().clone();
        changed[20] ^= 1;
        assertThatThrownBy(() -> Signer.open(new Authority(intermediate.certificate(), Optional.of(changed)), key()))
                .isInstanceOf(Broken.class);
    }

    @Test
    void keyFileIsPrivateAndNeverReplaced() throws Exception {
        assertThat(SealingKey.make(keyFile)).isTrue();
        byte[] first = Files.readAllBytes(keyFile);

        assertThat(SealingKey.make(keyFile)).isFalse();

        assertThat(Files.readAllBytes(keyFile)).isEqualTo(first).hasSize(32);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keyFile)))
                .isEqualTo("rw-------");
        assertThat(SealingKey.read(keyFile)).hasToString("SealingKey[…]");
    }

    @Test
    void keyFileThatOthersReadOrOfAnotherLengthIsRefused() throws Exception {
        Files.write(keyFile, new byte[31]);
        assertThatThrownBy(() -> SealingKey.read(keyFile)).hasMessage("has 31 bytes, not 32");

        Files.write(keyFile, new byte[32]);
        Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> SealingKey.read(keyFile)).hasMessage("can be read or written by every user");

        assertThatThrownBy(() -> SealingKey.read(directory.resolve("missing"))).hasMessage("does not exist");
    }

    private SealingKey key() throws IOException, Broken {
        boolean unused = SealingKey.make(keyFile);
        return SealingKey.read(keyFile);
    }

    private static void validate(List<X509Certificate> chain, X509Certificate root) throws Exception {
        CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(chain);
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(NOW));
        var _ = CertPathValidator.getInstance("PKIX").validate(path, parameters);
    }
}
