package io.mesosiam.controller;

import io.mesosiam.channel.ChannelConfig;
import io.mesosiam.loop.Loop;
import io.mesosiam.ownership.ControllerId;
import io.mesosiam.ownership.LiveControllers;
import io.mesosiam.postgres.SessionLock;
import io.mesosiam.postgres.SessionLock.State;
import io.mesosiam.postgres.SessionPool;
import io.quarkus.runtime.Quarkus;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jboss.logging.Logger;

/**
 * Prevents a second controller with the same id. Rows name the controller of a host by its id, so two controllers with
 * one id would mistake each other's claims for their own. The second one does not start.
 *
 * <p>If the connection to the database is lost, and another controller takes the id before this one is connected again
 * and keeps it for 30 s, this one stops and its agents connect to another controller. It continues while the database
 * does not answer, and while the database still holds a lost connection of this controller.
 */
@Singleton
final class ControllerIdLock implements AutoCloseable, LiveControllers {
    private static final Logger LOG = Logger.getLogger(ControllerIdLock.class);

    /** The lock that all controllers share that admit agents. */
    private static final String ADMITTING = "mesos-iam controllers that admit agents";

    private static final Duration EVERY = Duration.ofSeconds(2);
    private static final Duration RETRY_DELAY = Duration.ofMillis(200);
    /** Time for a predecessor to end. */
    private static final Duration START_LIMIT = Duration.ofSeconds(5);
    /** Time for which another controller has the id before this one stops. */
    private static final Duration RIVAL_LIMIT = Duration.ofSeconds(30);

    private final Loop loop = new Loop("controller-id");
    private final SessionLock lock;
    private final String controllerId;
    private final IntConsumer exit;
    private final Duration startLimit;
    private final Duration rivalLimit;
    /** {@link System#nanoTime} of the first in a row of checks that found another holder of the id. */
    private OptionalLong rivalSince = OptionalLong.empty();

    private final CountDownLatch closing = new CountDownLatch(1);
    private final ScheduledExecutorService checks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("controller-id").factory());

    @Inject
    ControllerIdLock(SessionPool sessions, ChannelConfig config) {
        this(sessions, ControllerId.of(config.controllerId()).value(), Quarkus::asyncExit, START_LIMIT, RIVAL_LIMIT);
    }

    /**
     * @param exit receives the exit code when another controller has taken the id
     * @param rivalLimit time for which the other controller must have it before
     */
    ControllerIdLock(
            SessionPool sessions, String controllerId, IntConsumer exit, Duration startLimit, Duration rivalLimit) {
        this.controllerId = controllerId;
        this.exit = exit;
        this.startLimit = startLimit;
        this.rivalLimit = rivalLimit;
        this.lock = new SessionLock(sessions, ID_LOCK + controllerId, Duration.ofSeconds(5));
    }

    /** The id, taken or not. */
    String controllerId() {
        return controllerId;
    }

    /**
     * Takes the id, and keeps it until {@link #close}.
     *
     * @throws IllegalStateException if another controller has it, or the database does not answer
     */
    void take() {
        long deadline = System.nanoTime() + startLimit.toNanos();
        State state = lock.tryAcquire();
        try {
            while (state != State.OURS && System.nanoTime() < deadline) {
                boolean _ = closing.await(RETRY_DELAY.toMillis(), TimeUnit.MILLISECONDS);
                state = lock.tryAcquire();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        switch (state) {
            case OURS -> {
                var _ = checks.scheduleWithFixedDelay(
                        loop.guard(this::check), EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
            }
            case ANOTHERS -> throw new IllegalStateException(taken());
            case UNKNOWN ->
                throw new IllegalStateException("no answer of the database whether another controller has the id "
                        + controllerId + " (mesos-iam.channel.controller-id)");
        }
    }

    @Override
    public void admits(boolean agents) {
        if (agents) {
            lock.share(ADMITTING);
        } else {
            lock.shareNoMore();
        }
    }

    @Override
    public OptionalLong others() {
        return lock.others(ADMITTING);
    }

    private String taken() {
        return "mesos-iam.channel.controller-id is " + controllerId
                + ", and another controller with that id is running. Set it to an id of its own on each controller";
    }

    Loop loop() {
        return loop;
    }

    private void check() {
        if (lock.tryAcquire() != State.ANOTHERS) {
            rivalSince = OptionalLong.empty();
            return;
        }
        long now = System.nanoTime();
        if (rivalSince.isEmpty()) {
            rivalSince = OptionalLong.of(now);
            LOG.warnf(
                    "another connection to the database has this controller's id controllerId=%s stopsAfter=%s",
                    controllerId, rivalLimit);
        }
        if (now - rivalSince.getAsLong() >= rivalLimit.toNanos() && closing.getCount() > 0) {
            LOG.error(taken());
            checks.shutdown();
            exit.accept(ControllerMain.CANNOT_START);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        checks.shutdownNow();
        lock.close();
    }
}
