package io.mesosiam.loop;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.failure.FailureKind;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Runs turns one after another. If a turn throws any exception, the failure is counted, and the exception's class is
 * logged at most once a minute; the next turn follows after a pause.
 */
public final class Loop {
    private static final Logger LOG = Logger.getLogger(Loop.class);
    private static final long LOG_EVERY_NANOS = Duration.ofMinutes(1).toNanos();
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final String name;
    private final Duration pause;
    private final AtomicLong failures = new AtomicLong();
    private volatile Optional<String> failing = Optional.empty();
    private volatile Optional<String> partly = Optional.empty();
    private volatile boolean ended;

    @GuardedBy("this")
    private long loggedAtNanos = System.nanoTime() - LOG_EVERY_NANOS;

    public Loop(String name) {
        this(name, PAUSE);
    }

    /** @param pause delay after a failed turn */
    Loop(String name, Duration pause) {
        this.name = name;
        this.pause = pause;
    }

    /** One turn. */
    @FunctionalInterface
    public interface Turn {
        void run() throws InterruptedException;
    }

    /** Runs turns until {@code goesOn} returns false or the thread is interrupted. */
    public void run(BooleanSupplier goesOn, Turn turn) {
        try {
            while (goesOn.getAsBoolean()) {
                if (!attempt(turn)) {
                    Thread.sleep(pause);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended = goesOn.getAsBoolean();
        }
    }

    /** Wraps a turn for a scheduled executor, which would silently stop repeating it after an exception. */
    public Runnable guard(Turn turn) {
        return () -> {
            try {
                boolean _ = attempt(turn);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    /** {@return whether the turn succeeded} */
    private boolean attempt(Turn turn) throws InterruptedException {
        try {
            turn.run();
            failing = Optional.empty();
            return true;
        } catch (RuntimeException | Error e) {
            failed(e);
            return false;
        }
    }

    private void failed(Throwable failure) {
        failing = Optional.of(failure.getClass().getName());
        failedPart(failure);
    }

    /** Counts and logs the failure of one part of a turn whose other parts continue. */
    public synchronized void failedPart(Throwable failure) {
        FailureKind kind = FailureKind.of(failure);
        long count = failures.incrementAndGet();
        if (System.nanoTime() - loggedAtNanos >= LOG_EVERY_NANOS) {
            loggedAtNanos = System.nanoTime();
            LOG.errorf(
                    "loop failed, going on loop=%s failure=%s place=%s failures=%d",
                    name, kind.exception(), kind.place(), count);
            LOG.debug("loop failed", failure);
        }
    }

    /** Sets the description of failures that persist in turns that otherwise continue; empty when there are none. */
    public void partly(Optional<String> trouble) {
        partly = trouble;
    }

    public String name() {
        return name;
    }

    /** Number of turns, or parts of turns, that have failed since the start. */
    public long failures() {
        return failures.get();
    }

    /**
     * Why the loop doesn't work: its thread has ended, its last turn failed, or parts of its turns keep failing. Empty
     * if it works.
     */
    public Optional<String> trouble() {
        return ended
                ? Optional.of("ended")
                : failing.map(kind -> "fails with " + kind).or(() -> partly);
    }
}
