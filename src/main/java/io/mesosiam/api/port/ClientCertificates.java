package io.mesosiam.api.port;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** Asks callers for a certificate, if the setting names authorities. A caller without one signs in in another way. */
@Singleton
final class ClientCertificates implements HttpServerOptionsCustomizer {
    private final boolean asked;

    @Inject
    ClientCertificates(ApiConfig config) {
        asked = config.clientCaFile().isPresent();
    }

    @Override
    public void customizeHttpsServer(HttpServerOptions options) {
        options.setClientAuth(asked ? ClientAuth.REQUEST : ClientAuth.NONE);
    }
}
