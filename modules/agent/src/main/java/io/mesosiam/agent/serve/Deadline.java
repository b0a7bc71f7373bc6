package io.mesosiam.agent.serve;

import java.time.Duration;

/** The end of the time for which one request is held, by the monotonic clock. */
record Deadline(long nanos) {
    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** The remaining time, never negative. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
    }

    /** Waits for {@code time}; returns false without the full wait if the deadline comes first. */
    boolean pause(Duration time) throws InterruptedException {
        if (left().compareTo(time) < 0) {
            return false;
        }
        Thread.sleep(time);
        return true;
    }
}
