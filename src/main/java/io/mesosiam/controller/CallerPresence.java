package io.mesosiam.controller;

import io.mesosiam.loop.Loop;
import io.mesosiam.postgres.PlainReason;
import io.mesosiam.sts.StsSessions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Looks every few seconds whether STS can be called: a look can block, so readiness shows the last one. */
@Singleton
final class CallerPresence implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(CallerPresence.class);
    private static final long LOOK_EVERY_MILLIS = 5000;

    private final StsSessions sessions;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("caller-presence").factory());

    private volatile Optional<String> trouble = Optional.of("the controller's AWS credentials are not looked up yet");
    private final Loop loop = new Loop("caller-presence");
    private volatile @Nullable Future<?> looking;

    @Inject
    CallerPresence(StsSessions sessions) {
        this.sessions = sessions;
    }

    void start() {
        looking = looks.scheduleWithFixedDelay(loop.guard(this::look), 0, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Why STS can't be called; empty if it can, as far as is known. */
    Optional<String> trouble() {
        return trouble;
    }

    Loop loop() {
        return loop;
    }

    private void look() {
        Optional<String> found;
        try {
            found = sessions.callerTrouble();
        } catch (RuntimeException e) {
            LOG.debug("aws credentials not looked up", e);
            found = Optional.of("the controller's AWS credentials can't be looked up: " + PlainReason.of(e));
        }
        if (!found.equals(trouble)) {
            found.ifPresentOrElse(
                    what -> LOG.warnf("sts can not be called reason=\"%s\"", what),
                    () -> LOG.info(
                            sessions.hasAnswered()
                                    ? "sts answers"
                                    : "aws region and credentials found, sts is not called until a task needs a session"));
            trouble = found;
        }
    }

    @Override
    public void close() {
        Future<?> started = looking;
        if (started != null) {
            started.cancel(true);
        }
        looks.shutdownNow();
    }
}
