package io.mesosiam.controller;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Runs the steps of a shutdown one after the other. A step that fails, or exceeds its limit, is logged, and the next
 * one runs. All steps together take no longer than the limit, plus 200 ms for each that begins after it. Each step has
 * a platform thread, since a step that computes endlessly would block the carrier of a virtual one.
 */
final class BoundedStop {
    private static final Logger LOG = Logger.getLogger(BoundedStop.class);
    private static final Duration SHORTEST = Duration.ofMillis(200);

    private final long deadline;
    private final Duration longest;
    private final ThreadFactory threads;

    /**
     * @param limit for all steps together
     * @param longest for one step
     */
    BoundedStop(Duration limit, Duration longest) {
        this(limit, longest, Thread.ofPlatform().daemon().factory());
    }

    /**
     * @param threads creates platform threads, one for each step
     */
    BoundedStop(Duration limit, Duration longest, ThreadFactory threads) {
        this.threads = threads;
        this.deadline = System.nanoTime() + limit.toNanos();
        this.longest = longest;
    }

    /** The work of a step. */
    interface Action {
        void run() throws Exception;
    }

    /** Runs a step and waits for it, even if this thread is interrupted. */
    BoundedStop then(String step, Action action) {
        boolean interrupted = Thread.interrupted();
        try {
            interrupted |=
                    started(step, action).map(thread -> await(step, thread)).orElse(false);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return this;
    }

    /** Starts a step. If no thread can be started, runs the step in this thread, without its limit. */
    private Optional<Thread> started(String step, Action action) {
        try {
            Thread thread = threads.newThread(() -> run(step, action));
            thread.setName("stop-" + step);
            thread.start();
            return Optional.of(thread);
        } catch (OutOfMemoryError e) {
            run(step, action);
            return Optional.empty();
        }
    }

    private static void run(String step, Action action) {
        try {
            action.run();
        } catch (Throwable e) {
            LOG.errorf("stop step failed step=%s failure=%s", step, e.getClass().getName());
            LOG.debug("stop step failed", e);
        }
    }

    /**
     * Waits until the step has ended or its time limit is reached.
     *
     * @return whether this thread was interrupted
     */
    private boolean await(String step, Thread thread) {
        long began = System.nanoTime();
        long limit = Math.clamp(deadline - began, SHORTEST.toNanos(), longest.toNanos());
        boolean interrupted = false;
        while (true) {
            try {
                if (!thread.join(Duration.ofNanos(limit - (System.nanoTime() - began)))) {
                    LOG.errorf(
                            "stop step not finished, continuing step=%s after=%dms",
                            step, TimeUnit.NANOSECONDS.toMillis(limit));
                    thread.interrupt();
                }
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }
}
