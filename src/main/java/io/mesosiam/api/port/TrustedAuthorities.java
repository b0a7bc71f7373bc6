package io.mesosiam.api.port;

import io.mesosiam.signin.ClientAuthorities;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The authorities that {@link ApiCertificates} last read. Before it has read some, none is trusted. */
@Singleton
final class TrustedAuthorities implements ClientAuthorities {
    private volatile Trusted trusted = new Trusted(0, Optional.empty());

    private record Trusted(long version, Optional<X509TrustManager> manager) {}

    /** From now on these authorities are trusted, and no others. */
    synchronized void use(List<X509Certificate> authorities) {
        trusted = new Trusted(trusted.version() + 1, Optional.of(manager(authorities)));
    }

    @Override
    public long version() {
        return trusted.version();
    }

    @Override
    public boolean trust(X509Certificate[] chain) {
        Optional<X509TrustManager> manager = trusted.manager();
        if (manager.isEmpty() || chain.length == 0) {
            return false;
        }
        try {
            manager.get().checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }

    private static X509TrustManager manager(List<X509Certificate> authorities) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry("authority-" + i, authorities.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return Arrays.stream(factory.getTrustManagers())
                    .filter(X509TrustManager.class::isInstance)
                    .map(X509TrustManager.class::cast)
                    .findFirst()
                    .orElseThrow();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every JVM has PKCS12 and a trust manager of its own", e);
        }
    }
}
