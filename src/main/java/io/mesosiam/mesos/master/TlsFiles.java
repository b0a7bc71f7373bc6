package io.mesosiam.mesos.master;

import io.mesosiam.pem.PemFiles;
import io.mesosiam.pem.PemFiles.Broken;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * The files for TLS with masters, all of which are optional.
 *
 * @param authorities those that sign the masters' certificates; empty for the JDK's
 * @param certificate this controller's, for masters that ask for one; with the key or without both
 */
record TlsFiles(Optional<Path> authorities, Optional<Path> certificate, Optional<Path> key) {
    static final String AUTHORITIES = "mesos-iam.mesos.ca-file";
    static final String CERTIFICATE = "mesos-iam.mesos.certificate-file";
    static final String KEY = "mesos-iam.mesos.key-file";

    private static final char[] NO_PASSWORD = new char[0];

    static TlsFiles of(MesosConfig config) {
        return new TlsFiles(config.caFile(), config.certificateFile(), config.keyFile());
    }

    /** The files' bytes, to notice a change. */
    private record Content(List<byte[]> files) {
        boolean same(Content other) {
            return Arrays.deepEquals(files.toArray(), other.files.toArray());
        }
    }

    /**
     * A TLS context of the files as they were read. It has no session of an earlier one, so it accepts no resumption of a
     * session with a master whose authority was removed.
     */
    static final class Loaded {
        private final Content content;
        private final SSLContext context;

        private Loaded(Content content, SSLContext context) {
            this.content = content;
            this.context = context;
        }

        SSLContext context() {
            return context;
        }
    }

    /**
     * Reads the files.
     *
     * @return empty if there is none
     * @throws IllegalArgumentException if a file can't be used; the message names the setting
     */
    Optional<Loaded> load() {
        if (Stream.of(authorities, certificate, key).allMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        Content content = read();
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(), trusted(), null);
            return Optional.of(new Loaded(content, context));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "no TLS context can be made of " + AUTHORITIES + ", " + CERTIFICATE + " and " + KEY, e);
        }
    }

    /**
     * Reads the files again.
     *
     * @return {@code before} if they are the same
     * @throws IllegalArgumentException as {@link #load}
     */
    Optional<Loaded> reload(Optional<Loaded> before) {
        return before.isPresent() && !before.get().content.same(read()) ? load() : before;
    }

    private Content read() {
        return new Content(Stream.of(bytes(AUTHORITIES, authorities), bytes(CERTIFICATE, certificate), bytes(KEY, key))
                .flatMap(Optional::stream)
                .toList());
    }

    private static Optional<byte[]> bytes(String setting, Optional<Path> file) {
        return file.map(path -> checked(setting, path, () -> PemFiles.read(path)));
    }

    private TrustManager[] trusted() throws IOException, GeneralSecurityException {
        Optional<KeyStore> trusted = Optional.empty();
        if (authorities.isPresent()) {
            Path bundle = authorities.get();
            KeyStore store = empty();
            int count = 0;
            for (X509Certificate authority : checked(AUTHORITIES, bundle, () -> PemFiles.certificates(bundle))) {
                store.setCertificateEntry("ca-" + count++, authority);
            }
            trusted = Optional.of(store);
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        // without a key store: the JDK's own authorities
        managers.init(trusted.orElse(null));
        return managers.getTrustManagers();
    }

    private KeyManager[] keys() throws IOException, GeneralSecurityException {
        if (certificate.isEmpty() || key.isEmpty()) {
            return new KeyManager[0];
        }
        Path of = certificate.get();
        Path file = key.get();
        List<X509Certificate> chain = checked(CERTIFICATE, of, () -> PemFiles.certificates(of));
        KeyStore own = empty();
        own.setKeyEntry(
                "controller",
                checked(KEY, file, () -> PemFiles.key(file, chain.getFirst())),
                NO_PASSWORD,
                chain.toArray(X509Certificate[]::new));
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(own, NO_PASSWORD);
        return managers.getKeyManagers();
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private interface Reading<T> {
        T read() throws Broken;
    }

    private static <T> T checked(String setting, Path file, Reading<T> reading) {
        try {
            return reading.read();
        } catch (Broken e) {
            throw new IllegalArgumentException(setting + " " + file + " " + e.problem(), e);
        }
    }
}
