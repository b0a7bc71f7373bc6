package io.mesosiam.api.stream;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/** Ends the connection of a stream on which a write waits too long for the caller to read. */
public final class Pace {
    private static final Logger LOG = Logger.getLogger(Pace.class);

    /** How long one write can wait. */
    static final Duration LONGEST_WRITE = Duration.ofSeconds(30);

    private static final long CHECK_MILLIS = 5_000;

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final String caller;
    /** When the write began, as {@link System#nanoTime}: the wall clock can be set back. */
    private final AtomicReference<Optional<Long>> writing = new AtomicReference<>(Optional.empty());

    private final long timer;

    public Pace(Vertx vertx, HttpServerRequest request, String caller) {
        this.vertx = vertx;
        this.request = request;
        this.caller = caller;
        this.timer = vertx.setPeriodic(CHECK_MILLIS, _ -> check());
    }

    public void begins() {
        writing.set(Optional.of(System.nanoTime()));
    }

    public void succeeded() {
        writing.set(Optional.empty());
    }

    public void ended() {
        vertx.cancelTimer(timer);
    }

    private void check() {
        boolean stuck = writing.get()
                .filter(since -> System.nanoTime() - since > LONGEST_WRITE.toNanos())
                .isPresent();
        if (stuck) {
            LOG.infof("stream ended because its caller does not read caller=\"%s\" limit=%s", caller, LONGEST_WRITE);
            ended();
            boolean _ = request.response().reset();
        }
    }
}
