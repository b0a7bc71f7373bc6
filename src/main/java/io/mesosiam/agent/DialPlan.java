package io.mesosiam.agent;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Which controller is dialled next, and when. The first one at once; after a lost stream another one first, each agent at
 * some moment of its own, so that a dead controller's hosts don't all arrive together; a host whose containers wait comes
 * before the others.
 */
final class DialPlan {
    /** The hosts of a lost controller spread over this time. */
    private static final Duration SPREAD = Duration.ofSeconds(10);

    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);
    private static final Duration FIRST_URGENT = Duration.ofMillis(250);
    private static final Duration LONGEST_URGENT = Duration.ofSeconds(5);
    /** A controller that refuses this agent will hardly think better of it before somebody changes something. */
    private static final Duration AFTER_REFUSAL = Duration.ofMinutes(2);

    private final RandomGenerator random;
    private final List<Line> lines = new ArrayList<>();

    DialPlan(List<URI> controllers, RandomGenerator random) {
        this.random = random;
        for (URI controller : controllers) {
            lines.add(new Line(controller, Instant.EPOCH, 0, false));
        }
        // not all hosts begin with the first in the list
        Collections.shuffle(lines, random);
    }

    /** What is known of one controller: the failures since it last worked, and when it is dialled again. */
    private record Line(URI controller, Instant notBefore, int failures, boolean refused) {}

    /** Dial this controller, not before {@code at}. */
    record Dial(URI controller, Instant at) {}

    /**
     * The next one.
     *
     * @param urgent whether a container waits for what only a controller can say
     */
    Dial next(Instant now, boolean urgent) {
        Line line = lines.stream().min(Comparator.comparing(Line::notBefore)).orElseThrow();
        Instant at = line.notBefore();
        if (urgent && !line.refused()) {
            Instant soon = now.plus(jitter(backoff(FIRST_URGENT, LONGEST_URGENT, line.failures())));
            at = soon.isBefore(at) ? soon : at;
        }
        return new Dial(line.controller(), at);
    }

    /** A stream that had worked has ended. */
    void lost(URI controller, Instant now) {
        Instant after = now.plus(jitter(SPREAD));
        lines.replaceAll(line -> {
            if (line.controller().equals(controller)) {
                return new Line(controller, lines.size() == 1 ? after : after.plus(SPREAD), 0, false);
            }
            Instant notBefore = line.notBefore().isBefore(after) ? after : line.notBefore();
            return new Line(line.controller(), notBefore, line.failures(), line.refused());
        });
    }

    /** No stream came about. */
    void failed(URI controller, Instant now) {
        lines.replaceAll(line -> line.controller().equals(controller)
                ? new Line(
                        controller,
                        now.plus(jitter(backoff(FIRST_BACKOFF, LONGEST_BACKOFF, line.failures()))),
                        line.failures() + 1,
                        false)
                : line);
    }

    /** The controller doesn't want this agent. */
    void refused(URI controller, Instant now) {
        Instant after = now.plus(AFTER_REFUSAL).plus(jitter(AFTER_REFUSAL));
        lines.replaceAll(line ->
                line.controller().equals(controller) ? new Line(controller, after, line.failures() + 1, true) : line);
    }

    private static Duration backoff(Duration first, Duration longest, int failures) {
        Duration wait = first.multipliedBy(1L << Math.min(failures, 10));
        return wait.compareTo(longest) < 0 ? wait : longest;
    }

    private Duration jitter(Duration upTo) {
        return Duration.ofMillis(random.nextLong(upTo.toMillis() + 1));
    }
}
