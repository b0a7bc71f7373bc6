package io.mesosiam.controller;

import java.time.Duration;
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

    /**
     * @param limit for all steps together
     * @param longest for one step
     */
    BoundedStop(Duration limit, Duration longest) {
        this.deadline = System.nanoTime() + limit.toNanos();
        this.longest = longest;
    }

    /** What a step does. */
    interface Action {
        void run() throws Exception;
    }

    /** Runs a step and waits for it. */
    BoundedStop then(String step, Action action) {
        Thread thread = Thread.ofPlatform().daemon().name("stop-" + step).start(() -> {
            try {
                action.run();
            } catch (Throwable e) {
                LOG.errorf(
                        "stop step failed step=%s failure=%s",
                        step, e.getClass().getName());
                LOG.debug("stop step failed", e);
            }
        });
        long left = Math.clamp(deadline - System.nanoTime(), SHORTEST.toNanos(), longest.toNanos());
        try {
            if (!thread.join(Duration.ofNanos(left))) {
                LOG.errorf(
                        "stop step not finished, going on step=%s after=%dms",
                        step, TimeUnit.NANOSECONDS.toMillis(left));
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return this;
    }
}
