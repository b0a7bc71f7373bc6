package io.mesosiam.agent.enrol;

import io.mesosiam.agent.config.AgentConfig.KeyFiles;
import io.mesosiam.agent.config.AgentKey;
import io.mesosiam.agent.config.EnrolmentSettings;
import io.mesosiam.reach.FileProblem;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directory that holds this host's key, certificate and authorities.
 *
 * <pre>
 * current -> identity-1234     the link changes in one step, so its three files always belong together
 * identity-1234/               certificate.pem, key.pem, authorities.pem; the one before it is kept for its readers
 * pending-key.pem              the key of the first request, until its certificate is stored
 * </pre>
 *
 * <p>Only the agent's user can read it. Nothing with wider rights is used.
 */
public final class StateDirectory {
    private static final String IDENTITY = "identity-";
    private static final String NEW = ".new";
    private static final String PRIVATE_KEY = "PRIVATE KEY";
    private static final String PUBLIC_KEY = "PUBLIC KEY";
    private static final String EC = "EC";
    private static final int LONGEST_FILE = 128 * 1024;

    private final Path directory;
    private final EnrolmentSettings settings;

    private StateDirectory(EnrolmentSettings settings) {
        this.directory = settings.state();
        this.settings = settings;
    }

    /**
     * Opens the directory, and makes it if it is missing.
     *
     * @throws IOException if it can't be made, or others than the agent's user have rights; the message names the file
     */
    public static StateDirectory open(EnrolmentSettings settings) throws IOException {
        StateDirectory state = new StateDirectory(settings);
        if (Files.notExists(settings.state())) {
            OwnFiles.createDirectory(settings.state());
        }
        state.check();
        return state;
    }

    /** The problem with an existing directory; empty if there is none. */
    static Optional<String> problem(EnrolmentSettings settings) {
        try {
            new StateDirectory(settings).check();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(FileProblem.describe(e));
        }
    }

    private void check() throws IOException {
        OwnFiles.checkDirectory(directory);
        if (Files.exists(pendingKey(), LinkOption.NOFOLLOW_LINKS)) {
            OwnFiles.checkFile(pendingKey());
        }
        if (Files.exists(settings.current(), LinkOption.NOFOLLOW_LINKS)) {
            Path identity = identity();
            OwnFiles.checkDirectory(identity);
            KeyFiles files = KeyFiles.in(identity);
            for (Path file : List.of(files.key(), files.certificate(), files.ca())) {
                OwnFiles.checkFile(file);
            }
        }
    }

    private Path identity() throws IOException {
        Path current = settings.current();
        if (!Files.isSymbolicLink(current)) {
            throw new IOException(current + " is no symbolic link");
        }
        Path name = Files.readSymbolicLink(current);
        if (!name.toString().startsWith(IDENTITY) || name.getNameCount() != 1) {
            throw new IOException(current + " leads out of the directory");
        }
        return directory.resolve(name);
    }

    private Path pendingKey() {
        return directory.resolve("pending-key.pem");
    }

    /**
     * The certificate in use; empty before the first one is stored.
     *
     * @throws IOException if a file can't be read, or they don't belong together; the message names the file
     */
    public Optional<StoredCertificate> certificate() throws IOException {
        if (!Files.exists(settings.current(), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        KeyFiles files = KeyFiles.in(identity());
        // fails unless all are readable and belong together
        AgentKey.tls(files);
        X509Certificate leaf = certificates(files.certificate()).getFirst();
        return Optional.of(new StoredCertificate(
                HostName.onlyNameOf(leaf),
                leaf,
                Files.getLastModifiedTime(files.certificate()).toInstant(),
                certificates(files.ca())));
    }

    private static List<X509Certificate> certificates(Path file) throws IOException {
        return Pem.certificates(file.toString(), OwnFiles.read(file, LONGEST_FILE));
    }

    /**
     * The key of the first request. It is stored before the request is sent: a join token is used once, and the controller
     * repeats an answer that was lost only for the same key.
     */
    KeyPair firstKey() throws IOException {
        Path file = pendingKey();
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            OwnFiles.checkFile(file);
            KeyPair key = key(file);
            if (!certified(key)) {
                return key;
            }
        }
        KeyPair key = SigningRequest.newKey();
        Path unfinished = directory.resolve(file.getFileName() + NEW);
        Files.deleteIfExists(unfinished);
        OwnFiles.write(
                unfinished,
                Pem.text(PRIVATE_KEY, key.getPrivate().getEncoded())
                        + Pem.text(PUBLIC_KEY, key.getPublic().getEncoded()));
        rename(unfinished, file);
        return key;
    }

    /** The key of the certificate in use, or the key of the first request if there is none. */
    KeyPair keyInUseOrFirst() throws IOException {
        Optional<StoredCertificate> inUse = certificate();
        if (inUse.isEmpty()) {
            return firstKey();
        }
        Path file = KeyFiles.in(identity()).key();
        try {
            return new KeyPair(inUse.get().leaf().getPublicKey(), privateKey(OwnFiles.read(file, LONGEST_FILE)));
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " holds no key", e);
        }
    }

    /** Whether the certificate in use has this key: the process ended before the key was deleted. */
    private boolean certified(KeyPair key) throws IOException {
        return certificate()
                .filter(it -> it.leaf().getPublicKey().equals(key.getPublic()))
                .isPresent();
    }

    private static KeyPair key(Path file) throws IOException {
        String text = OwnFiles.read(file, LONGEST_FILE);
        try {
            return new KeyPair(
                    KeyFactory.getInstance(EC).generatePublic(new X509EncodedKeySpec(Pem.block(PUBLIC_KEY, text))),
                    privateKey(text));
        } catch (IOException e) {
            throw new IOException(file + " " + e.getMessage() + ": delete it, the agent makes another", e);
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " holds no key: delete it, the agent makes another", e);
        }
    }

    private static PrivateKey privateKey(String text) throws IOException, GeneralSecurityException {
        byte[] secret = Pem.block(PRIVATE_KEY, text);
        PrivateKey key = KeyFactory.getInstance(EC).generatePrivate(new PKCS8EncodedKeySpec(secret));
        Arrays.fill(secret, (byte) 0);
        return key;
    }

    /**
     * Stores a certificate and its key, which are in use from then on. If it fails, or the process ends during it, those
     * before stay in use.
     */
    void store(KeyPair key, IssuedCertificate issued) throws IOException {
        Optional<Path> before = Files.exists(settings.current(), LinkOption.NOFOLLOW_LINKS)
                ? Optional.of(identity())
                : Optional.empty();
        removeIdentities(before.stream().toList());
        Path identity = OwnFiles.createTemporaryDirectory(directory, IDENTITY);
        KeyFiles files = KeyFiles.in(identity);
        OwnFiles.write(files.key(), Pem.text(PRIVATE_KEY, key.getPrivate().getEncoded()));
        OwnFiles.write(files.certificate(), Pem.text(issued.chain()));
        OwnFiles.write(files.ca(), Pem.text(issued.authorities()));
        OwnFiles.sync(identity);

        Path link = directory.resolve(settings.current().getFileName() + NEW);
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, identity.getFileName());
        rename(link, settings.current());
        Files.deleteIfExists(pendingKey());
    }

    /** Removes what an earlier certificate, or an attempt that failed, has left. */
    private void removeIdentities(List<Path> except) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.filter(it -> it.getFileName().toString().startsWith(IDENTITY))
                    .filter(it -> !except.contains(it))
                    .toList()) {
                try (Stream<Path> files = Files.list(entry)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(entry);
            }
        }
    }

    private void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            throw new AssertionError("both are in one directory", e);
        }
        OwnFiles.sync(directory);
    }
}
