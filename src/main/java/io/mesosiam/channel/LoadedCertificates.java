package io.mesosiam.channel;

import io.mesosiam.pem.PemFiles;
import io.quarkus.tls.TlsConfiguration;
import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509KeyManager;

/**
 * What the TLS registry loaded from the files of the agents' port at one time. Two of them are equal if the contents of
 * the files were.
 *
 * @param keys the key and its certificates, in memory
 * @param authorities the authorities of the agents' certificates, in memory
 * @param own the port's own certificate
 */
record LoadedCertificates(KeyCertOptions keys, TrustOptions authorities, X509Certificate own, int authorityCount) {
    static LoadedCertificates of(TlsConfiguration tls, TrustedRoots roots) {
        KeyStore keyStore = tls.getKeyStore();
        try {
            String alias = Collections.list(keyStore.aliases()).getFirst();
            return new LoadedCertificates(
                    tls.getKeyStoreOptions(),
                    roots.with(tls),
                    (X509Certificate) keyStore.getCertificate(alias),
                    roots.count(tls));
        } catch (KeyStoreException e) {
            throw new AssertionError("the registry loads the key store", e);
        }
    }

    /** Whether the key is that of the port's own certificate. */
    boolean isPair(Vertx vertx) {
        return Stream.of(keyManagers(vertx).getKeyManagers())
                .filter(X509KeyManager.class::isInstance)
                .map(X509KeyManager.class::cast)
                .flatMap(this::privateKeys)
                .anyMatch(key -> PemFiles.belongTogether(key, own));
    }

    private Stream<PrivateKey> privateKeys(X509KeyManager manager) {
        String[] aliases = manager.getServerAliases(own.getPublicKey().getAlgorithm(), null);
        return aliases == null ? Stream.empty() : Arrays.stream(aliases).map(manager::getPrivateKey);
    }

    KeyManagerFactory keyManagers(Vertx vertx) {
        try {
            return keys.getKeyManagerFactory(vertx);
        } catch (Exception e) {
            throw unusable(e);
        }
    }

    TrustManagerFactory trustManagers(Vertx vertx) {
        try {
            return authorities.getTrustManagerFactory(vertx);
        } catch (Exception e) {
            throw unusable(e);
        }
    }

    /** The end of the certificate's validity. */
    Instant until() {
        return own.getNotAfter().toInstant();
    }

    private static IllegalStateException unusable(Exception e) {
        return new IllegalStateException("the registry has loaded what no TLS context takes", e);
    }
}
