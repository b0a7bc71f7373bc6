package io.mesosiam.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/** Events in virtual time. One seed decides every delay, so it decides the whole run. */
final class Scheduler {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int KEPT_LINES = Integer.getInteger("mesosiam.simulation.lines", 300);

    final SplittableRandom random;
    private final PriorityQueue<Event> queue =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::ticket));
    private final Deque<String> lines = new ArrayDeque<>();
    private long now;
    private long tickets;
    private long steps;
    private long trace;

    /** @param at microseconds since the start */
    private record Event(long at, long ticket, String what, Runnable work) {}

    Scheduler(long seed) {
        random = new SplittableRandom(seed);
    }

    /** True time. */
    Instant now() {
        return START.plusNanos(now * 1000);
    }

    /** Microseconds since the start. */
    long micros() {
        return now;
    }

    void after(Duration delay, String what, Runnable work) {
        queue.add(new Event(now + Math.max(0, delay.toNanos() / 1000), ++tickets, what, work));
    }

    /** Runs an event after a random part of the given time. */
    void within(Duration longest, String what, Runnable work) {
        after(upTo(longest), what, work);
    }

    Duration upTo(Duration longest) {
        return Duration.ofNanos(1000 * random.nextLong(longest.toNanos() / 1000 + 1));
    }

    Duration between(Duration shortest, Duration longest) {
        return shortest.plus(upTo(longest.minus(shortest)));
    }

    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** Runs the next event. */
    void step() {
        Event event = queue.remove();
        now = event.at;
        steps++;
        note(event.what);
        event.work.run();
    }

    /** Runs the events of the next part of virtual time. */
    void pass(Duration time) {
        long end = now + time.toNanos() / 1000;
        while (!queue.isEmpty() && queue.peek().at <= end) {
            step();
        }
        now = end;
    }

    /** Adds a line to the story of this run. */
    void note(String what) {
        trace = (trace * 31 + what.hashCode()) * 31 + now;
        lines.add(now / 1000 + " ms: " + what);
        if (lines.size() > KEPT_LINES) {
            lines.remove();
        }
    }

    long steps() {
        return steps;
    }

    /** A digest of everything that has happened: equal for equal runs. */
    long trace() {
        return trace;
    }

    /** The latest lines of the story. */
    String story() {
        return String.join("\n", lines);
    }
}
