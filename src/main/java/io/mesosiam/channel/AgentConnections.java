package io.mesosiam.channel;

import io.mesosiam.http.OneRequestAtATime;
import io.mesosiam.loglimit.RepeatedLines;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jboss.logging.Logger;

/**
 * Connections whose TLS handshake has succeeded. They are counted by certificate, and a connection that sends no
 * request in time is closed.
 */
final class AgentConnections {
    private static final Logger LOG = Logger.getLogger(AgentConnections.class);

    private final Vertx vertx;
    private final Duration requestTimeout;
    private final Optional<SpiffeIds> spiffe;
    private final RepeatedLines lines;
    private final InstantSource clock;
    private final OneRequestAtATime.Limits limits = OneRequestAtATime.Limits.ofPort();
    private final CertificateStreams certificates = new CertificateStreams();
    private final ConcurrentMap<HttpConnection, Peer> open = new ConcurrentHashMap<>();

    /** @param number ordinal among the open connections of its certificate when it was opened, from 1 */
    private record Peer(CertificateNames certificate, int number, long timer) {}

    AgentConnections(Vertx vertx, ChannelConfig config, RepeatedLines lines, InstantSource clock) {
        this.vertx = vertx;
        this.requestTimeout = config.helloTimeout();
        this.spiffe = config.spiffeId().flatMap(SpiffeIds::of);
        this.lines = lines;
        this.clock = clock;
    }

    void opened(HttpConnection connection) {
        OneRequestAtATime.on(connection, limits);
        CertificateNames certificate = CertificateNames.of(certificate(connection), spiffe);
        int number = certificates.enter(certificate);
        long timer = vertx.setTimer(requestTimeout.toMillis(), _ -> connection.close());
        open.put(connection, new Peer(certificate, number, timer));
        // called even if an upgrade to a WebSocket fails
        connection.closeHandler(_ -> closed(connection));
        if (number > 2 * CertificateStreams.LIMIT) {
            connection.close();
        }
    }

    /**
     * Records that a request arrived: returns the names of the certificate, or empty if the certificate has too many
     * connections.
     */
    Optional<CertificateNames> requested(HttpConnection connection) {
        Peer peer = open.get(connection);
        if (peer == null) {
            // the connection was closed in between
            return Optional.empty();
        }
        vertx.cancelTimer(peer.timer());
        if (peer.number() > CertificateStreams.LIMIT) {
            lines.due("connections " + peer.certificate(), clock.instant())
                    .ifPresent(repeated -> LOG.warnf(
                            "agent refused, its certificate has too many connections limit=%d address=%s certificate=%s"
                                    + " repeated=%d",
                            CertificateStreams.LIMIT, connection.remoteAddress(), peer.certificate(), repeated));
            return Optional.empty();
        }
        return Optional.of(peer.certificate());
    }

    /** Number of open connections. */
    int size() {
        return open.size();
    }

    private void closed(HttpConnection connection) {
        Peer peer = open.remove(connection);
        if (peer != null) {
            vertx.cancelTimer(peer.timer());
            certificates.leave(peer.certificate());
        }
    }

    private static X509Certificate certificate(HttpConnection connection) {
        try {
            return (X509Certificate) connection.sslSession().getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException e) {
            throw new IllegalStateException("a connection without a client certificate got through TLS", e);
        }
    }
}
