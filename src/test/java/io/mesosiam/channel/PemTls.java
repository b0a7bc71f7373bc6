package io.mesosiam.channel;

import io.quarkus.tls.BaseTlsConfiguration;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Optional;

/** Loads PEM files as Quarkus's TLS registry does, without Quarkus. */
final class PemTls extends BaseTlsConfiguration {
    private final CertificateFiles files;
    private final Vertx vertx;
    private volatile Loaded loaded;

    private record Loaded(
            PemKeyCertOptions keys, KeyStore keyStore, PemTrustOptions authorities, KeyStore trustStore) {}

    PemTls(CertificateFiles files, Vertx vertx) {
        this.files = files;
        this.vertx = vertx;
        try {
            this.loaded = load();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Loaded load() throws Exception {
        PemKeyCertOptions keys =
                new PemKeyCertOptions().addCertValue(read(files.certificate())).addKeyValue(read(files.key()));
        PemTrustOptions authorities = new PemTrustOptions().addCertValue(read(files.authorities()));
        return new Loaded(keys, keys.loadKeyStore(vertx), authorities, authorities.loadKeyStore(vertx));
    }

    private static Buffer read(Optional<Path> file) throws IOException {
        return Buffer.buffer(Files.readAllBytes(file.orElseThrow()));
    }

    @Override
    public boolean reload() {
        try {
            loaded = load();
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    @Override
    public KeyStore getKeyStore() {
        return loaded.keyStore();
    }

    @Override
    public KeyCertOptions getKeyStoreOptions() {
        return loaded.keys();
    }

    @Override
    public KeyStore getTrustStore() {
        return loaded.trustStore();
    }

    @Override
    public TrustOptions getTrustStoreOptions() {
        return loaded.authorities();
    }
}
