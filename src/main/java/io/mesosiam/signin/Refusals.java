package io.mesosiam.signin;

import io.mesosiam.postgres.OneStatement;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Counts and audits refused requests, each once. Each is counted; {@link RefusalBudget} limits the audit events, and the
 * next event has the number of those left out.
 */
@Singleton
public final class Refusals {
    private static final Logger LOG = Logger.getLogger(Refusals.class);
    private static final String AUDITED = "mesos-iam.refusal-audited";
    private static final int MAX_PATH = 512;

    /** The reason of a request that has none although it needs one. */
    static final String NO_CREDENTIAL = "no credential";

    private static final String INSERT =
            "insert into audit_event (reported_at, kind, actor, sign_in, source_address, request_id, message, detail)"
                    + " values ($1, $2, $3, $4, $5, $6, $7, $8)";

    private final Pool pool;
    private final MeterRegistry meters;
    private final InstantSource clock;
    private final Map<Kind, RefusalBudget> budgets = new EnumMap<>(Kind.class);

    @Inject
    Refusals(Pool pool, MeterRegistry meters, InstantSource clock) {
        this.pool = pool;
        this.meters = meters;
        this.clock = clock;
        for (Kind kind : Kind.values()) {
            budgets.put(kind, new RefusalBudget());
        }
        // the alert for attacks compares counts, which a series that is missing before its first refusal doesn't give
        RefusedCredentials.REASONS.forEach(reason -> counter(Kind.SIGN_IN, reason));
        counter(Kind.SIGN_IN, NO_CREDENTIAL);
    }

    private Counter counter(Kind kind, String reason) {
        return Counter.builder("mesosiam.refused.requests")
                .description("Requests of the API that were refused, and writes that failed")
                .tags("kind", kind.text, "reason", reason)
                .register(meters);
    }

    /** The kinds of audit events of requests that were not answered. */
    private enum Kind {
        SIGN_IN("sign-in.refused"),
        ACCESS("access.refused"),
        WRITE("write.refused"),
        FAILED_WRITE("write.failed");

        private final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    /** The credential of a request is missing or not valid. */
    void signIn(RoutingContext request, String reason) {
        write(Kind.SIGN_IN, request, Optional.empty(), Optional.empty(), reason);
    }

    /** A signed-in caller lacks a role. */
    void access(RoutingContext request, Caller caller, String reason) {
        write(Kind.ACCESS, request, Optional.of(caller), Optional.empty(), reason);
    }

    /** A signed-in caller lacks a role in this namespace. */
    void access(RoutingContext request, Caller caller, String reason, String namespace) {
        write(Kind.ACCESS, request, Optional.of(caller), Optional.of(namespace), reason);
    }

    /** A write was refused for another reason than the caller's roles. */
    void refusedWrite(RoutingContext request, Optional<Caller> caller, String reason) {
        write(Kind.WRITE, request, caller, Optional.empty(), reason);
    }

    /** A write that is allowed has failed. */
    void failedWrite(RoutingContext request, Optional<Caller> caller, String reason) {
        write(Kind.FAILED_WRITE, request, caller, Optional.empty(), reason);
    }

    private void write(
            Kind kind, RoutingContext request, Optional<Caller> caller, Optional<String> namespace, String reason) {
        if (request.get(AUDITED) != null) {
            return;
        }
        request.put(AUDITED, true);
        counter(kind, reason).increment();
        Instant now = clock.instant();
        String address = request.request().remoteAddress().hostAddress();
        String actor = caller.map(Caller::name).orElse("address:" + address);
        long omitted = Objects.requireNonNull(budgets.get(kind)).take(actor, now);
        if (omitted < 0) {
            return;
        }
        String method = request.request().method().name();
        String path = path(request);
        JsonObject detail = new JsonObject()
                .put("method", method)
                .put("path", path)
                .put("address", address)
                .put("reason", reason);
        namespace.ifPresent(name -> detail.put("namespace", name));
        if (omitted > 0) {
            detail.put("omitted", omitted);
        }
        String what = kind == Kind.FAILED_WRITE ? "failed " : "refused ";
        Tuple values = Tuple.tuple()
                .addValue(now.atOffset(ZoneOffset.UTC))
                .addValue(kind.text)
                .addValue(actor)
                .addValue(caller.map(known -> known.signIn().text()).orElse(null))
                .addValue(address)
                .addValue(CurrentRequest.id(request))
                .addValue(what + method + " " + path + ": " + reason)
                .addValue(detail);
        OneStatement.run(pool, INSERT, values)
                .subscribe()
                .with(_ -> {}, failure -> LOG.debugf(failure, "refusal not audited kind=%s", kind.text));
    }

    private static String path(RoutingContext request) {
        String path = String.valueOf(request.normalizedPath());
        return Printable.of(path.length() > MAX_PATH ? path.substring(0, MAX_PATH) : path);
    }
}
