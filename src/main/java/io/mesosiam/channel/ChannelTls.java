package io.mesosiam.channel;

import io.mesosiam.channel.handshake.Handshakes;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** TLS and WebSocket options of the listener. */
final class ChannelTls {
    /** Time limit for an agent to answer a WebSocket close. */
    private static final int CLOSING_SECONDS = 3;

    private ChannelTls() {}

    static HttpServerOptions serverOptions(
            ChannelConfig config, Handshakes handshakes, LoadedCertificates certificates) {
        int longestFrame = new HostBounds(config.containersPerHost()).longestFrame();
        HttpServerOptions options = new HttpServerOptions()
                .setMaxWebSocketFrameSize(longestFrame)
                .setMaxWebSocketMessageSize(longestFrame)
                // compressed key material could be guessed from message lengths
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setWebSocketClosingTimeout(CLOSING_SECONDS)
                .setHttp2ClearTextEnabled(false);
        options.setSsl(true)
                .setSslEngineOptions(handshakes.engineOptions())
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setClientAuth(ClientAuth.REQUIRED)
                .setKeyCertOptions(certificates.keys())
                .setTrustOptions(certificates.authorities())
                .setSslHandshakeTimeout(config.helloTimeout().toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                // nothing was read in this time, not even a pong
                .setReadIdleTimeout(
                        Math.toIntExact(config.pingInterval().multipliedBy(4).toMillis()))
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
        return options;
    }
}
