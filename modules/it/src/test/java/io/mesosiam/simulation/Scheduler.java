package io.mesosiam.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Events in virtual time. One seed decides every delay, so it decides the whole run. Lines of the story are written only when
 * it is asked for: a run that breaks a rule is run again for its story.
 */
final class Scheduler {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int KEPT_LINES = Integer.getInteger("mesosiam.simulation.lines", 300);

    final SplittableRandom random;
    private final boolean tells;
    private final PriorityQueue<Event> queue = new PriorityQueue<>();
    private final Deque<String> lines = new ArrayDeque<>();
    private long now;
    private Instant instant = START;
    private long tickets;
    private long steps;
    private long trace;

    /** @param at microseconds since the start */
    private record Event(long at, long ticket, String what, Runnable work) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int first = Long.compare(at, other.at);
            return first != 0 ? first : Long.compare(ticket, other.ticket);
        }
    }

    /** @param tells whether the run has a story */
    Scheduler(long seed, boolean tells) {
        random = new SplittableRandom(seed);
        this.tells = tells;
    }

    /** True time. */
    Instant now() {
        return instant;
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
        passTo(event.at);
        steps++;
        trace = (trace * 31 + event.what.hashCode()) * 31 + now;
        note(event::what);
        event.work.run();
    }

    /** Runs the events of the next part of virtual time. */
    void pass(Duration time) {
        long end = now + time.toNanos() / 1000;
        while (!queue.isEmpty() && queue.peek().at <= end) {
            step();
        }
        passTo(end);
    }

    private void passTo(long at) {
        if (at != now) {
            now = at;
            instant = START.plusNanos(at * 1000);
        }
    }

    /** Adds a line to the story of this run. */
    void note(Supplier<String> what) {
        if (tells) {
            lines.add(now / 1000 + " ms: " + what.get());
            if (lines.size() > KEPT_LINES) {
                lines.remove();
            }
        }
    }

    long steps() {
        return steps;
    }

    /** A digest of all events and their times: equal for equal runs. */
    long trace() {
        return trace;
    }

    /** The latest lines of the story. */
    String story() {
        return String.join("\n", lines);
    }
}
