package io.mesosiam.drain;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.channel.AgentChannel;
import io.mesosiam.ownership.LiveControllers;
import io.mesosiam.postgres.OneStatement;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/**
 * Whether this controller is drained. It is in memory alone: a restart ends it. Begin and end block on the database; call
 * them on virtual threads only.
 */
@Singleton
public final class ControllerDrain {
    private static final Logger LOG = Logger.getLogger(ControllerDrain.class);
    private static final Duration ANSWER_BY = Duration.ofSeconds(5);

    private static final String AUDIT =
            "insert into audit_event (reported_at, kind, actor, sign_in, source_address, request_id, message, detail)"
                    + " values ($1, $2, $3, $4, $5, $6, $7, $8)";

    private final AgentChannel channel;
    private final LiveControllers controllers;
    private final Pool pool;
    private final InstantSource clock;
    private volatile Optional<Drained> current = Optional.empty();

    /** One request at a time begins or ends it. */
    private final Object turn = new Object();

    /**
     * A drain.
     *
     * @param by the caller that began it
     */
    public record Drained(Instant since, String by, String reason) {}

    /**
     * Who asks, for the audit event.
     *
     * @param signIn how the caller signed in, as audit events name it
     */
    public record Request(
            String controllerId, String caller, String signIn, String address, String reason, String requestId) {}

    /** What a request to begin a drain has led to. */
    public enum Outcome {
        /** The controller is drained, also if it was before. */
        DRAINED,
        /** No other controller admits agents, and the request has not confirmed that. */
        NO_OTHER,
        /** The database does not answer. Nothing has changed. */
        UNKNOWN
    }

    @Inject
    ControllerDrain(AgentChannel channel, LiveControllers controllers, Pool pool, InstantSource clock) {
        this.channel = channel;
        this.controllers = controllers;
        this.pool = pool;
        this.clock = clock;
    }

    /** The drain; empty while the controller admits agents. */
    public Optional<Drained> current() {
        return current;
    }

    /**
     * Begins a drain. Other controllers no longer count this one before it counts them: of two that are drained at the
     * same time, at least one is refused.
     *
     * @param alone whether it may begin although no other controller admits agents
     */
    public Outcome begin(Request request, boolean alone) {
        synchronized (turn) {
            if (current.isPresent()) {
                return Outcome.DRAINED;
            }
            controllers.admits(false);
            Outcome outcome = begun(request, alone);
            if (outcome != Outcome.DRAINED) {
                controllers.admits(true);
            }
            return outcome;
        }
    }

    @GuardedBy("turn")
    private Outcome begun(Request request, boolean alone) {
        OptionalLong others = controllers.others();
        if (others.isEmpty()) {
            return Outcome.UNKNOWN;
        }
        if (others.getAsLong() == 0 && !alone) {
            return Outcome.NO_OTHER;
        }
        Instant now = clock.instant();
        JsonObject detail = new JsonObject().put("otherControllers", others.getAsLong());
        if (!audited("controller.drain-began", "its agents connect to other controllers", request, detail, now)) {
            return Outcome.UNKNOWN;
        }
        current = Optional.of(new Drained(now, request.caller(), request.reason()));
        int streams = channel.drain(others.getAsLong() > 0);
        LOG.infof(
                "controller drained controllerId=%s caller=\"%s\" streams=%d otherControllers=%d",
                request.controllerId(), request.caller(), streams, others.getAsLong());
        return Outcome.DRAINED;
    }

    /**
     * Ends the drain.
     *
     * @return false if the database does not answer; then nothing has changed
     */
    public boolean end(Request request) {
        synchronized (turn) {
            if (current.isEmpty()) {
                return true;
            }
            Instant now = clock.instant();
            if (!audited("controller.drain-ended", "it admits agents again", request, new JsonObject(), now)) {
                return false;
            }
            channel.endDrain();
            current = Optional.empty();
            controllers.admits(true);
            LOG.infof("controller drain ended controllerId=%s caller=\"%s\"", request.controllerId(), request.caller());
            return true;
        }
    }

    private boolean audited(String kind, String message, Request request, JsonObject detail, Instant now) {
        Tuple values = Tuple.tuple()
                .addValue(now.atOffset(ZoneOffset.UTC))
                .addString(kind)
                .addString(request.caller())
                .addString(request.signIn())
                .addString(request.address())
                .addString(request.requestId())
                .addString("controller " + request.controllerId() + ": " + message)
                .addValue(detail.put("subject", request.controllerId()).put("reason", request.reason()));
        try {
            RowSet<Row> unused = OneStatement.run(pool, AUDIT, values).await().atMost(ANSWER_BY);
            return true;
        } catch (RuntimeException e) {
            LOG.warnf("drain not audited, so it is refused controllerId=%s", request.controllerId());
            LOG.debug("drain not audited", e);
            return false;
        }
    }
}
