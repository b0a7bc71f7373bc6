package io.mesosiam.controller;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Runs the steps of a stop one after the other. A step that fails, or doesn't end in time, is logged, and the next one runs. The steps
 * together take no longer than the limit, plus a moment for each that begins after it. Each has a platform thread: a step that computes without
 * end would keep a virtual one's carrier from the others.
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
     * @param threads makes platform threads, one for each step
     */
    BoundedStop(Duration limit, Duration longest, ThreadFactory threads) {
        this.threads = threads;
        this.deadline = System.nanoTime() + limit.toNanos();
        this.longest = longest;
    }

    /** What a step does. */
    interface Action {
        void run() throws Exception;
    }

    /** Runs a step and waits for it, also if this thread is interrupted. */
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

    /** Where no thread can be started, this one runs the step, without its limit. */
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
     * Waits until the step has ended or its time is over.
     *
     * @return whether this thread was interrupted
     */
    private boolean await(String step, Thread thread) {
        long begun = System.nanoTime();
        long limit = Math.clamp(deadline - begun, SHORTEST.toNanos(), longest.toNanos());
        boolean interrupted = false;
        while (true) {
            try {
                if (!thread.join(Duration.ofNanos(limit - (System.nanoTime() - begun)))) {
                    LOG.errorf(
                            "stop step not finished, going on step=%s after=%dms",
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
