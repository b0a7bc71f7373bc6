package io.mesosiam.api;

import io.mesosiam.api.port.RequestBodies;
import io.mesosiam.http.AcceptedConnections;
import io.mesosiam.http.OneRequestAtATime;
import io.mesosiam.loglimit.LogLines;
import io.mesosiam.signin.CurrentRequest;
import io.mesosiam.signin.RefusedSignIn;
import io.quarkus.vertx.http.HttpServerStart;
import io.quarkus.vertx.http.HttpsServerStart;
import io.quarkus.vertx.http.ManagementInterface;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.Json;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Guards both ports before routing, and gives every error that no resource answers a problem as its body. So errors of
 * the HTTP layer, the documentation, health and metrics look like those of the API.
 */
@Singleton
public final class HttpEdges implements RefusedSignIn {
    private static final Logger LOG = Logger.getLogger(HttpEdges.class);

    /** Before every other filter. */
    private static final int FIRST = 1_000_000;

    private static final String API = "/api/";
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

    /** After these the connection is closed: the rest of such a request is not read. */
    private static final Set<ProblemCode> LAST = Set.of(
            ProblemCode.BODY_TOO_LARGE,
            ProblemCode.BODY_TOO_SLOW,
            ProblemCode.MALFORMED_REQUEST,
            ProblemCode.TOO_MANY_BODIES);

    private static final List<Integer> STATUSES = List.of(400, 401, 403, 404, 405, 406, 413, 414, 415, 500, 503);

    private final OneRequestAtATime.Limits limits = OneRequestAtATime.Limits.ofPort();
    private final Vertx vertx;
    private final RequestGuard api;
    private final RequestGuard management;

    @Inject
    HttpEdges(
            Vertx vertx,
            @ConfigProperty(name = "quarkus.http.host") String apiHost,
            @ConfigProperty(name = "quarkus.management.host") String managementHost) {
        this.vertx = vertx;
        api = new RequestGuard(Loopback.isLoopback(apiHost));
        management = new RequestGuard(Loopback.isLoopback(managementHost));
    }

    void guardApi(@Observes Filters filters) {
        filters.register(bodies(), FIRST + 1);
        filters.register(HttpEdges::identify, FIRST + 2);
        filters.register(this::oneAtATime, FIRST + 3);
        filters.register(context -> guard(api, context), FIRST);
        filters.register(HttpEdges::onlyRead, FIRST - 1);
        filters.register(HttpEdges::ownSite, FIRST - 2);
    }

    private static Handler<RoutingContext> bodies() {
        return new RequestBodies(
                Duration.ofSeconds(10),
                context -> answer(context, ProblemCode.BODY_TOO_SLOW, "a body arrives within 10 seconds"),
                context -> {
                    context.response().putHeader("Retry-After", "1");
                    answer(
                            context,
                            ProblemCode.TOO_MANY_BODIES,
                            "too many requests with a body of this address, or of all: wait for answers before you send another one");
                });
    }

    private void oneAtATime(RoutingContext context) {
        OneRequestAtATime.on(context.request(), limits);
        context.next();
    }

    /** Answers, and lines of the log, have the request's id. */
    private static void identify(RoutingContext context) {
        String id = CurrentRequest.id(context);
        // at the end, in place of what a resource has added
        context.addHeadersEndHandler(_ -> context.response().putHeader(CurrentRequest.HEADER, id));
        if (VertxContext.isOnDuplicatedContext()) {
            MDC.put(LogLines.REQUEST, id);
        }
        context.next();
    }

    private static void ownSite(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (CrossSite.refuses(request.method().name(), request::getHeader)) {
            answer(
                    context,
                    ProblemCode.CROSS_SITE,
                    "a change by a page of this site has the header " + CrossSite.HEADER + ", of another site none");
        } else {
            context.next();
        }
    }

    @Override
    public void refuse(RoutingContext context, String why, String challenge, Optional<Duration> wait) {
        context.response().putHeader("WWW-Authenticate", challenge);
        if (wait.isPresent()) {
            long seconds = wait.get().toSeconds() + 1;
            context.response().putHeader("Retry-After", String.valueOf(seconds));
            answer(
                    context,
                    ProblemCode.TOO_MANY_SIGN_INS,
                    "too many wrong credentials from this address: wait " + seconds + " s before you try another one");
        } else {
            answer(context, ProblemCode.NOT_SIGNED_IN, why);
        }
    }

    @Override
    public void unavailable(RoutingContext context, String why) {
        answer(context, ProblemCode.UNAVAILABLE, why);
    }

    /**
     * Limits the documentation to reading methods, and to its paths as they are written; it would answer to any. Resources
     * of the API declare their methods.
     */
    private static void onlyRead(RoutingContext context) {
        String path = String.valueOf(context.normalizedPath());
        if (path.startsWith(API)) {
            context.next();
        } else if (path.indexOf('%') >= 0) {
            // the page is found under such a path, and the demand for a credential is not
            answer(context, ProblemCode.NOT_FOUND, "no such path");
        } else if (READS.contains(context.request().method().name())) {
            context.next();
        } else {
            answer(context, ProblemCode.METHOD_NOT_ALLOWED, "this path is read-only");
        }
    }

    void guardManagement(@Observes ManagementInterface port) {
        Router router = port.router();
        router.route().order(-FIRST).handler(context -> guard(management, context));
        answerErrors(router);
    }

    void watchPlain(@ObservesAsync HttpServerStart started) {
        AcceptedConnections.watch(vertx, started.options().getPort(), limits);
    }

    void watchTls(@ObservesAsync HttpsServerStart started) {
        AcceptedConnections.watch(vertx, started.options().getPort(), limits);
    }

    void answerErrors(@Observes Router router) {
        STATUSES.forEach(status -> router.errorHandler(status, HttpEdges::answerFailure));
        router.route().order(-FIRST).failureHandler(HttpEdges::answerFailure);
    }

    private static void guard(RequestGuard guard, RoutingContext context) {
        HttpServerRequest request = context.request();
        guard.objection(
                        request.uri(),
                        request.headers().getAll("Host"),
                        request.headers().entries())
                .ifPresentOrElse(objection -> answer(context, objection.code(), objection.detail()), context::next);
    }

    private static void answerFailure(RoutingContext context) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.headWritten() || response.closed()) {
            return;
        }
        ProblemCode code = ProblemCode.of(context.statusCode() < 400 ? 500 : context.statusCode());
        answer(context, code, code.title());
    }

    private static void answer(RoutingContext context, ProblemCode code, String detail) {
        String requestId = CurrentRequest.id(context);
        CurrentRequest.problem(context, code.text());
        if (code == ProblemCode.INTERNAL) {
            LOG.errorf(context.failure(), "request failed requestId=%s", requestId);
        }
        var response = context.response()
                .setStatusCode(code.status())
                .putHeader("Content-Type", Problem.MEDIA_TYPE)
                .putHeader(CurrentRequest.HEADER, requestId);
        if (code == ProblemCode.METHOD_NOT_ALLOWED && !response.headers().contains("Allow")) {
            response.putHeader("Allow", "GET, HEAD, OPTIONS");
        }
        boolean last = LAST.contains(code);
        if (last) {
            response.putHeader("Connection", "close");
        }
        response.end(Json.encode(Problem.of(code, detail, requestId, Problem.Extras.NONE)))
                .onComplete(sent -> {
                    if (last) {
                        Future<Void> unused = context.request().connection().close();
                    }
                });
    }
}
