package io.mesosiam.enrol.port;

import io.mesosiam.enrol.Enrolment;
import io.mesosiam.enrol.Enrolment.Outcome;
import io.mesosiam.enrol.EnrolmentRecord;
import io.mesosiam.enrol.HostAuthorities;
import io.mesosiam.enrol.Issued;
import io.mesosiam.enrol.JoinToken;
import io.mesosiam.enrol.authority.Pem;
import io.mesosiam.enrol.ec2.IdentityDocument;
import io.mesosiam.enrol.port.EnrolmentRequest.Proof;
import io.mesosiam.http.ConnectionSource;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/** Answers the requests on the enrolment port: one a connection. */
final class EnrolmentAnswers {
    static final int LONGEST_BODY = 16 * 1024;

    /** Requests that are read or signed at the same time; the others are to come again. */
    static final int MOST_AT_A_TIME = 32;

    private static final int MOST_ROOTS = 8;
    private static final int AWAY_SECONDS = 10;

    private final Enrolment enrolment;
    private final EnrolmentRecord record;
    private final HostAuthorities authorities;
    private final RequestBudget budget;
    private final Executor readers;
    private final Semaphore atATime = new Semaphore(MOST_AT_A_TIME);

    /** @param readers run what computes: reading and checking a request */
    EnrolmentAnswers(
            Enrolment enrolment,
            EnrolmentRecord record,
            HostAuthorities authorities,
            RequestBudget budget,
            Executor readers) {
        this.enrolment = enrolment;
        this.record = record;
        this.authorities = authorities;
        this.budget = budget;
        this.readers = readers;
    }

    /** Called on the event loop of the connection. */
    void answer(HttpServerRequest request, Context context) {
        Optional<Duration> wait = budget.take(ConnectionSource.of(request.remoteAddress()), System.nanoTime());
        if (wait.isPresent()) {
            record.unread("limited");
            end(request, 429, seconds(wait.get()), new JsonObject().put("code", "too-many-requests"));
            return;
        }
        switch (request.path()) {
            case "/v1/authorities" -> {
                if (request.method().equals(HttpMethod.GET)) {
                    roots(request);
                } else {
                    end(request, 405, 0, new JsonObject().put("code", "method-not-allowed"));
                }
            }
            case "/v1/enrol" -> {
                if (request.method().equals(HttpMethod.POST)) {
                    body(request, context);
                } else {
                    end(request, 405, 0, new JsonObject().put("code", "method-not-allowed"));
                }
            }
            case null, default -> end(request, 404, 0, new JsonObject().put("code", "not-found"));
        }
    }

    private void roots(HttpServerRequest request) {
        List<X509Certificate> roots =
                authorities.roots().stream().limit(MOST_ROOTS).toList();
        if (roots.isEmpty()) {
            unavailable(request, AWAY_SECONDS);
            return;
        }
        last(request, "application/x-pem-file", Buffer.buffer(Pem.of(roots)));
    }

    private void body(HttpServerRequest request, Context context) {
        Buffer body = Buffer.buffer();
        request.handler(part -> {
            if (body.length() <= LONGEST_BODY) {
                body.appendBuffer(part);
            }
            if (body.length() > LONGEST_BODY && !request.response().ended()) {
                malformed(request, "the body has more than " + LONGEST_BODY + " bytes");
            }
        });
        request.endHandler(_ -> {
            if (request.response().ended()) {
                return;
            }
            if (!atATime.tryAcquire()) {
                unavailable(request, 1);
                return;
            }
            byte[] bytes = body.getBytes();
            String address = request.remoteAddress().hostAddress();
            var _ = Uni.createFrom()
                    .deferred(() -> outcome(bytes, address))
                    .runSubscriptionOn(readers)
                    .onTermination()
                    .invoke(() -> atATime.release())
                    .subscribe()
                    .with(
                            outcome -> context.runOnContext(_ -> end(request, outcome)),
                            _ -> context.runOnContext(_ -> unavailable(request, AWAY_SECONDS)));
        });
    }

    /** Fails with any error of the reading, so that the permit of the request is given back. */
    private Uni<Outcome> outcome(byte[] body, String address) {
        try {
            EnrolmentRequest read = EnrolmentRequest.read(body, enrolment.acceptsInstances());
            return switch (read.proof()) {
                case Proof.Token(JoinToken token) -> enrolment.enrol(token, read.name(), read.request(), address);
                case Proof.Instance(IdentityDocument document) ->
                    enrolment.enrol(document, read.name(), read.request(), address);
            };
        } catch (EnrolmentRequest.Malformed e) {
            return Uni.createFrom().item(new Outcome.Malformed(String.valueOf(e.getMessage())));
        }
    }

    private void end(HttpServerRequest request, Outcome outcome) {
        switch (outcome) {
            case Outcome.Signed(Issued issued) ->
                end(
                        request,
                        200,
                        0,
                        new JsonObject()
                                .put("certificate", issued.certificate())
                                .put("authorities", issued.authorities()));
            case Outcome.Malformed(String message) -> malformed(request, message);
            // nothing that could help a host that must not have a certificate
            case Outcome.Refused _ -> end(request, 403, 0, new JsonObject().put("code", "refused"));
            case Outcome.Unavailable _ -> unavailable(request, AWAY_SECONDS);
        }
    }

    private void malformed(HttpServerRequest request, String message) {
        record.unread("malformed");
        end(request, 400, 0, new JsonObject().put("code", "malformed").put("message", message));
    }

    private static void unavailable(HttpServerRequest request, long seconds) {
        end(request, 503, seconds, new JsonObject().put("code", "unavailable"));
    }

    private static void end(HttpServerRequest request, int status, long retryAfter, JsonObject body) {
        if (request.response().ended() || request.response().closed()) {
            return;
        }
        if (retryAfter > 0) {
            var _ = request.response().putHeader("Retry-After", String.valueOf(retryAfter));
        }
        var _ = request.response().setStatusCode(status).putHeader("Cache-Control", "no-store");
        last(request, "application/json", body.toBuffer());
    }

    /** Ends the connection with the answer, also if the peer would keep it. */
    private static void last(HttpServerRequest request, String type, Buffer body) {
        var _ = request.response()
                .putHeader("Connection", "close")
                .putHeader("Content-Type", type)
                .end(body)
                .onComplete(_ -> request.connection().close());
    }

    private static long seconds(Duration wait) {
        return Math.max(1, wait.plusMillis(999).toSeconds());
    }
}
