package io.mesosiam.agent.serve;

import java.time.Duration;

/** The end of one ask's holding time, by the clock that nobody sets. */
record Deadline(long nanos) {
    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** What is left, never negative. */
    Duration left() {
        return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
    }

    /** Waits for {@code time}, unless the deadline comes before. */
    boolean pause(Duration time) throws InterruptedException {
        if (left().compareTo(time) < 0) {
            return false;
        }
        Thread.sleep(time);
        return true;
    }
}
