package io.mesosiam.pause;

import java.time.Duration;

/**
 * The end of the time that one request may take, by the monotonic clock. It is passed to everything that waits for the
 * request's sake, and what is left of it bounds each wait.
 *
 * @param nanos a moment of {@link System#nanoTime()}
 */
public record Deadline(long nanos) {
    public static Deadline in(Duration time) {
        return after(System.nanoTime(), time);
    }

    /** The end of the time that began at a moment of {@link System#nanoTime()}. */
    public static Deadline after(long moment, Duration time) {
        return new Deadline(moment + time.toNanos());
    }

    /** The remaining time, never negative. */
    public Duration left() {
        return Duration.ofNanos(leftNanos());
    }

    public long leftNanos() {
        return Math.max(0, nanos - System.nanoTime());
    }

    /** The remaining nanoseconds, but no more than {@code most}. */
    public long leftNanos(Duration most) {
        return Math.min(leftNanos(), most.toNanos());
    }

    public boolean isOver() {
        return nanos - System.nanoTime() <= 0;
    }

    /** This deadline, or the end of the given time if that is later. */
    public Deadline leaving(Duration least) {
        Deadline earliest = in(least);
        return earliest.nanos - nanos > 0 ? earliest : this;
    }

    /** Waits for {@code time}; returns false without the full wait if the deadline comes first. */
    public boolean pause(Duration time) throws InterruptedException {
        if (left().compareTo(time) < 0) {
            return false;
        }
        Thread.sleep(time);
        return true;
    }
}
