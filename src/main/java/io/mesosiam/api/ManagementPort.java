package io.mesosiam.api;

import io.mesosiam.api.port.RequestBodies;
import io.mesosiam.http.ConnectionSource;
import io.mesosiam.http.OneRequestAtATime;
import io.mesosiam.http.Places;
import io.mesosiam.signin.CurrentRequest;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.Json;
import io.vertx.ext.web.Router;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The listener for health and metrics, HTTP/1.1 alone and without bodies. Quarkus makes their routes. Its own listener,
 * which is off, also speaks HTTP/2, reads bodies before any route, and has no bound for connections.
 */
@Singleton
public final class ManagementPort {
    private static final Logger LOG = Logger.getLogger(ManagementPort.class);

    /** After all that readiness asks has started. */
    private static final int LAST = Interceptor.Priority.APPLICATION + 900;

    static final int OF_SOURCE = 64;
    static final int OF_ALL = 512;
    private static final int LONGEST_LINE = 4096;
    private static final int LONGEST_HEADERS = 8192;
    private static final Duration IDLE = Duration.ofMinutes(2);

    private final Vertx vertx;
    private final String host;
    private final int port;
    private final OneRequestAtATime.Limits limits = OneRequestAtATime.Limits.ofPort();
    private final Places places = new Places(OF_SOURCE, OF_ALL);
    private @Nullable Router routes;
    private @Nullable HttpServer server;

    @Inject
    ManagementPort(
            Vertx vertx,
            @ConfigProperty(name = "quarkus.management.host") String host,
            @ConfigProperty(name = "quarkus.management.port") int port) {
        this.vertx = vertx;
        this.host = host;
        this.port = port;
    }

    void routed(@Observes ManagementInterface made) {
        routes = made.router();
    }

    /** @throws IllegalStateException if the port is taken */
    void open(@Observes @Priority(LAST) StartupEvent started) {
        Router router = routes;
        if (router == null) {
            throw new IllegalStateException("there are no routes of health and metrics");
        }
        var options = new HttpServerOptions()
                .setHttp2ClearTextEnabled(false)
                .setMaxInitialLineLength(LONGEST_LINE)
                .setMaxHeaderSize(LONGEST_HEADERS)
                .setIdleTimeout((int) IDLE.toSeconds());
        try {
            HttpServer opened = vertx.createHttpServer(options)
                    .connectionHandler(this::opened)
                    .requestHandler(request -> answer(request, router))
                    .listen(port, host)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            server = opened;
            LOG.infof("management port open address=%s:%d", host, opened.actualPort());
        } catch (CompletionException e) {
            throw new IllegalStateException(
                    "Management port " + host + ":" + port + " can't be opened: " + e.getCause(), e);
        }
    }

    void close(@Observes @Priority(LAST) ShutdownEvent stopping) {
        HttpServer open = server;
        if (open != null) {
            var _ = open.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private void opened(HttpConnection connection) {
        ConnectionSource source = ConnectionSource.of(connection.remoteAddress());
        if (places.take(source)) {
            connection.closeHandler(_ -> places.leave(source));
            OneRequestAtATime.on(connection, limits);
        } else {
            Future<Void> unused = connection.close();
        }
    }

    private static void answer(HttpServerRequest request, Router router) {
        if (RequestBodies.hasBody(request)) {
            refuse(request);
        } else {
            // as Quarkus does before its routes: Vert.x calls each request on a context of its own
            VertxContextSafetyToggle.setCurrentContextSafe(true);
            router.handle(request);
        }
    }

    private static void refuse(HttpServerRequest request) {
        Problem problem = Problem.of(
                ProblemCode.BODY_TOO_LARGE,
                "requests on this port have no body",
                UUID.randomUUID().toString(),
                Problem.Extras.NONE);
        Future<Void> unused = request.response()
                .setStatusCode(problem.status())
                .putHeader("Content-Type", Problem.MEDIA_TYPE)
                .putHeader(CurrentRequest.HEADER, problem.requestId())
                .putHeader("Connection", "close")
                .end(Json.encode(problem))
                .onComplete(_ -> request.connection().close());
    }
}
