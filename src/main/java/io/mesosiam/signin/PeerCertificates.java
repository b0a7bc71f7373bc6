package io.mesosiam.signin;

import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * The client certificates of connections. The handshake has verified a certificate by the authorities of that time; a
 * connection can outlast them. So each connection is checked again when the authorities have changed.
 */
@Singleton
final class PeerCertificates {
    private static final String CHECKED = "mesos-iam.authorities-version";

    private final ClientAuthorities authorities;

    @Inject
    PeerCertificates(ClientAuthorities authorities) {
        this.authorities = authorities;
    }

    /** The certificate of the request's connection; empty if it has none. */
    static Optional<X509Certificate> of(HttpServerRequest request) {
        return Optional.ofNullable(request.sslSession())
                .map(PeerCertificates::chain)
                .filter(chain -> chain.length > 0)
                .map(chain -> chain[0]);
    }

    /** Whether the authorities of now trust the certificate of the request's connection. */
    boolean isTrusted(HttpServerRequest request) {
        SSLSession session = request.sslSession();
        return session != null && isTrusted(session);
    }

    /** Whether the authorities of now trust the certificate of this connection. */
    boolean isTrusted(SSLSession session) {
        long version = authorities.version();
        if (session.getValue(CHECKED) instanceof Long checked && checked == version) {
            return true;
        }
        boolean trusted = authorities.trust(chain(session));
        if (trusted) {
            session.putValue(CHECKED, version);
        }
        return trusted;
    }

    private static X509Certificate[] chain(SSLSession session) {
        try {
            return Arrays.stream(session.getPeerCertificates())
                    .filter(X509Certificate.class::isInstance)
                    .toArray(X509Certificate[]::new);
        } catch (SSLPeerUnverifiedException e) {
            return new X509Certificate[0];
        }
    }
}
