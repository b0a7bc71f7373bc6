package io.mesosiam.controller;

import io.mesosiam.channel.ChannelConfig;
import io.mesosiam.channel.ControllerHost;
import io.mesosiam.loop.Loop;
import io.mesosiam.postgres.SessionLock;
import io.mesosiam.postgres.SessionLock.State;
import io.quarkus.runtime.Quarkus;
import io.vertx.mutiny.sqlclient.Pool;
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
 * Keeps a second controller from running under this one's id. Rows name the controller of a host by its id: of two with one id each would
 * take the other's claims for its own. The one that comes second doesn't start.
 *
 * <p>If the connection to the database is lost and another controller takes the id before this one is connected again, and keeps it for 30 s,
 * this one stops: its agents connect to another controller. While the database doesn't answer, and while it keeps a connection that this
 * controller has lost, it goes on.
 */
@Singleton
final class ControllerIdLock implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ControllerIdLock.class);
    private static final Duration EVERY = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);
    /** A predecessor may be ending. */
    private static final Duration START_LIMIT = Duration.ofSeconds(5);
    /** How long another controller has the id before this one stops. */
    private static final Duration RIVAL_LIMIT = Duration.ofSeconds(30);

    private final Loop loop = new Loop("controller-id");
    private final SessionLock lock;
    private final String controllerId;
    private final IntConsumer exit;
    private final Duration startLimit;
    private final Duration rivalLimit;
    /** {@link System#nanoTime} of the first of the looks in a row that found the id another's. */
    private OptionalLong rivalSince = OptionalLong.empty();

    private final CountDownLatch closing = new CountDownLatch(1);
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("controller-id").factory());

    @Inject
    ControllerIdLock(Pool pool, ChannelConfig config) {
        this(pool, ControllerHost.name(config), Quarkus::asyncExit, START_LIMIT, RIVAL_LIMIT);
    }

    /**
     * @param exit is given the exit code when another controller has taken the id
     * @param rivalLimit how long it must have it before
     */
    ControllerIdLock(Pool pool, String controllerId, IntConsumer exit, Duration startLimit, Duration rivalLimit) {
        this.controllerId = controllerId;
        this.exit = exit;
        this.startLimit = startLimit;
        this.rivalLimit = rivalLimit;
        this.lock = new SessionLock(pool, "mesos-iam controller " + controllerId, Duration.ofSeconds(5));
    }

    /**
     * Takes the id, and keeps it until {@link #close}.
     *
     * @throws IllegalStateException if another controller has it, or the database doesn't say
     */
    void take() {
        long deadline = System.nanoTime() + startLimit.toNanos();
        State state = lock.look();
        try {
            while (state != State.OURS && System.nanoTime() < deadline) {
                boolean _ = closing.await(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
                state = lock.look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        switch (state) {
            case OURS -> {
                var _ = looks.scheduleWithFixedDelay(
                        loop.guard(this::look), EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
            }
            case ANOTHERS -> throw new IllegalStateException(taken());
            case UNKNOWN ->
                throw new IllegalStateException("the database does not say whether another controller has the id "
                        + controllerId + " (mesos-iam.channel.controller-id)");
        }
    }

    private String taken() {
        return "mesos-iam.channel.controller-id is " + controllerId
                + ", and another controller with that id is running. Set it to an id of its own on each controller";
    }

    Loop loop() {
        return loop;
    }

    private void look() {
        if (lock.look() != State.ANOTHERS) {
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
            looks.shutdown();
            exit.accept(ControllerMain.CANNOT_START);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        looks.shutdownNow();
        lock.close();
    }
}
