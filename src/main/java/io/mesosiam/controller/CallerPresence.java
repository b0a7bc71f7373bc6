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

/** Checks every 5 s whether STS can be called. A check can block, so readiness shows the result of the last one. */
@Singleton
final class CallerPresence implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(CallerPresence.class);
    private static final long CHECK_INTERVAL_MILLIS = 5000;

    private final StsSessions sessions;
    private final ScheduledExecutorService checks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("caller-presence").factory());

    private volatile Optional<String> trouble = Optional.of("the controller's AWS credentials are not looked up yet");
    private final Loop loop = new Loop("caller-presence");
    private volatile @Nullable Future<?> checking;

    @Inject
    CallerPresence(StsSessions sessions) {
        this.sessions = sessions;
    }

    void start() {
        checking =
                checks.scheduleWithFixedDelay(loop.guard(this::check), 0, CHECK_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Why STS can't be called; empty if the last check found no reason. */
    Optional<String> trouble() {
        return trouble;
    }

    Loop loop() {
        return loop;
    }

    private void check() {
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
        Future<?> started = checking;
        if (started != null) {
            started.cancel(true);
        }
        checks.shutdownNow();
    }
}
