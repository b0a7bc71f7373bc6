package io.mesosiam.signin;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.postgres.OneStatement;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jboss.logging.Logger;

/**
 * Counts and audits refusals. Each is counted; of each kind, at most {@value #ROWS_PER_MINUTE} a minute become audit
 * events, and the next event has the number of those left out. So a flood can't fill the audit trail.
 */
@Singleton
public final class Refusals {
    private static final Logger LOG = Logger.getLogger(Refusals.class);
    static final int ROWS_PER_MINUTE = 60;
    private static final int MAX_PATH = 512;

    private static final String INSERT =
            "insert into audit_event (reported_at, kind, actor, request_id, message, detail)"
                    + " values ($1, $2, $3, $4, $5, $6)";

    private final Pool pool;
    private final MeterRegistry meters;
    private final InstantSource clock;
    private final Budget signIn = new Budget();
    private final Budget access = new Budget();

    @Inject
    Refusals(Pool pool, MeterRegistry meters, InstantSource clock) {
        this.pool = pool;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * A refused request.
     *
     * @param method the request's method
     * @param path its path, without the query
     * @param address the IP address that it came from
     */
    record Request(String method, String path, String address) {
        Request {
            path = path.length() > MAX_PATH ? path.substring(0, MAX_PATH) : path;
        }
    }

    /** The credential of a request is missing or not valid. */
    void signIn(Request request, String reason) {
        write("sign-in.refused", signIn, "address:" + request.address(), request, reason);
    }

    /** A signed-in caller lacks a role. */
    void access(Request request, Caller caller, String reason) {
        write("access.refused", access, caller.name(), request, reason);
    }

    private void write(String kind, Budget budget, String actor, Request request, String reason) {
        Counter.builder("mesosiam.refused.requests")
                .description("Requests of the API that were refused, because of the credential or the role")
                .tags("kind", kind, "reason", reason)
                .register(meters)
                .increment();
        Instant now = clock.instant();
        long omitted = budget.take(now);
        if (omitted < 0) {
            return;
        }
        JsonObject detail = new JsonObject()
                .put("method", request.method())
                .put("path", printable(request.path()))
                .put("address", request.address())
                .put("reason", reason);
        if (omitted > 0) {
            detail.put("omitted", omitted);
        }
        Tuple values = Tuple.tuple()
                .addValue(now.atOffset(java.time.ZoneOffset.UTC))
                .addValue(kind)
                .addValue(actor)
                .addValue(null)
                .addValue("refused " + request.method() + " " + printable(request.path()) + ": " + reason)
                .addValue(detail);
        OneStatement.run(pool, INSERT, values)
                .subscribe()
                .with(_ -> {}, failure -> LOG.debugf(failure, "refusal not audited kind=%s", kind));
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    /** How many rows of a kind were written within the current minute. */
    private static final class Budget {
        private static final Duration PERIOD = Duration.ofMinutes(1);

        @GuardedBy("this")
        private Instant began = Instant.EPOCH;

        @GuardedBy("this")
        private int written;

        @GuardedBy("this")
        private long omitted;

        /** Returns the number left out before this one; negative if this one is left out too. */
        synchronized long take(Instant now) {
            if (!now.isBefore(began.plus(PERIOD)) || now.isBefore(began)) {
                began = now;
                written = 0;
            }
            if (written >= ROWS_PER_MINUTE) {
                omitted++;
                return -1;
            }
            written++;
            long before = omitted;
            omitted = 0;
            return before;
        }
    }
}
