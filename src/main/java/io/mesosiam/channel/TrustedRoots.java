package io.mesosiam.channel;

import io.mesosiam.enrol.authority.Pem;
import io.quarkus.tls.TlsConfiguration;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.net.Socket;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** The authorities that the agents' port trusts: those of its file, if a setting names one, and the roots of enrolled hosts. */
final class TrustedRoots {
    private static final TrustOptions NONE = TrustOptions.wrap(new NoClient());

    private final Supplier<List<X509Certificate>> enrolled;

    TrustedRoots(Supplier<List<X509Certificate>> enrolled) {
        this.enrolled = enrolled;
    }

    /** The same options for the same authorities. */
    TrustOptions with(TlsConfiguration tls) {
        List<X509Certificate> roots = enrolled.get();
        if (roots.isEmpty() && tls.getTrustStoreOptions() != null) {
            return tls.getTrustStoreOptions();
        }
        List<String> all =
                new ArrayList<>(roots.stream().map(List::of).map(Pem::of).toList());
        all.addAll(ofFile(tls));
        if (all.isEmpty()) {
            return NONE;
        }
        PemTrustOptions options = new PemTrustOptions();
        all.stream().distinct().sorted().forEach(pem -> options.addCertValue(Buffer.buffer(pem)));
        return options;
    }

    int count(TlsConfiguration tls) {
        return enrolled.get().size() + ofFile(tls).size();
    }

    private static List<String> ofFile(TlsConfiguration tls) {
        KeyStore file = tls.getTrustStore();
        if (file == null) {
            return List.of();
        }
        try {
            List<String> all = new ArrayList<>();
            for (String alias : Collections.list(file.aliases())) {
                all.add(Pem.of(List.of((X509Certificate) file.getCertificate(alias))));
            }
            return all;
        } catch (KeyStoreException e) {
            throw new AssertionError("the registry loads the trust store", e);
        }
    }

    /** Trusts no client: there is no authority yet. The JDK's own trust manager fails without one. */
    private static final class NoClient extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
                throws CertificateException {
            throw new CertificateException("there is no authority of agents' certificates yet");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
                throws CertificateException {
            checkClientTrusted(chain, type, socket);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("there is no authority of agents' certificates yet");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
                throws CertificateException {
            checkClientTrusted(chain, type, engine);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("there is no authority of agents' certificates yet");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
