package io.mesosiam.agent;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Which controller is dialled next, and when. The first controller is dialled at once. After a lost stream another
 * controller comes first, after a random wait, so that the hosts of a dead controller don't all arrive together. After a
 * passing fault another controller comes first, within the delay that the fault states. An ask that waits for a controller
 * shortens every wait except the one after a lasting fault.
 *
 * <p>Its times are those of a clock that is never set back.
 */
final class DialPlan {
    /** The hosts of a lost controller spread over this time. */
    private static final Duration SPREAD = Duration.ofSeconds(10);

    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);
    private static final Duration FIRST_URGENT = Duration.ofMillis(250);
    private static final Duration LONGEST_URGENT = Duration.ofSeconds(5);
    /** A lasting fault stays until an operator acts. */
    private static final Duration AFTER_REFUSAL = Duration.ofMinutes(2);

    /** How long after a passing fault the waits don't grow: a controller restarts and a Mesos agent registers within it. */
    private static final Duration HURRY = Duration.ofMinutes(2);

    /** Also when a fault states no delay at all: an agent never dials in a tight loop. */
    private static final Duration SHORTEST_PASSING = Duration.ofMillis(100);

    private static final Duration LONGEST_PASSING = Duration.ofSeconds(15);

    private final RandomGenerator random;
    private final List<Line> lines = new ArrayList<>();
    private Instant hurryUntil = Instant.MIN;
    /** Whether a stream has worked since the last passing fault; also before the first. */
    private boolean fresh = true;

    DialPlan(List<URI> controllers, RandomGenerator random) {
        this.random = random;
        for (URI controller : controllers) {
            lines.add(new Line(controller, Instant.EPOCH, 0, false));
        }
        // not all hosts begin with the first in the list
        Collections.shuffle(lines, random);
    }

    /** What is known of one controller: the failures since it last worked, and when it is dialled again. */
    private record Line(URI controller, Instant notBefore, int failures, boolean refused) {
        Line at(Instant moment) {
            return new Line(controller, moment, failures, refused);
        }
    }

    /** Dial this controller, not before {@code at}. */
    record Dial(URI controller, Instant at) {}

    /**
     * The next one.
     *
     * @param urgent whether a container waits for what only a controller can say
     */
    Dial next(Instant now, boolean urgent) {
        Stream<Dial> planned = lines.stream().map(line -> new Dial(line.controller(), line.notBefore()));
        Stream<Dial> hastened = lines.stream()
                .filter(line -> urgent && !line.refused())
                .min(Comparator.comparing(Line::notBefore))
                .map(line -> new Dial(
                        line.controller(), now.plus(jitter(backoff(FIRST_URGENT, LONGEST_URGENT, line.failures())))))
                .stream();
        return Stream.concat(planned, hastened)
                .min(Comparator.comparing(Dial::at))
                .orElseThrow();
    }

    /** A stream that had worked has ended. */
    void lost(URI controller, Instant now) {
        fresh = true;
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
        boolean hurry = now.isBefore(hurryUntil);
        lines.replaceAll(line -> {
            if (!line.controller().equals(controller)) {
                return line;
            }
            int failures = hurry ? 0 : line.failures();
            Duration wait = jitter(backoff(FIRST_BACKOFF, LONGEST_BACKOFF, failures));
            return new Line(controller, now.plus(wait), failures + 1, false);
        });
    }

    /**
     * The controller ended the stream with a passing fault. If the stream had worked, the other controllers are dialled
     * before this one, whatever their backoff is.
     */
    void sentAway(URI controller, boolean worked, Duration retryAfter, Instant now) {
        if (worked || fresh) {
            hurryUntil = now.plus(HURRY);
            fresh = false;
        }
        boolean hurry = now.isBefore(hurryUntil);
        Duration stated = max(retryAfter, SHORTEST_PASSING);
        lines.replaceAll(line -> {
            if (line.controller().equals(controller)) {
                int failures = hurry ? 0 : line.failures();
                Duration wait = backoff(stated, max(stated, LONGEST_PASSING), failures);
                return new Line(controller, now.plus(wait).plus(jitter(wait)), failures + 1, false);
            }
            return worked && !line.refused() ? line.at(now.plus(jitter(stated))) : line;
        });
    }

    /** The controller refuses this agent until an operator acts. */
    void refused(URI controller, Instant now) {
        Instant after = now.plus(AFTER_REFUSAL).plus(jitter(AFTER_REFUSAL));
        lines.replaceAll(line ->
                line.controller().equals(controller) ? new Line(controller, after, line.failures() + 1, true) : line);
    }

    private static Duration backoff(Duration first, Duration longest, int failures) {
        Duration wait = first.multipliedBy(1L << Math.min(failures, 10));
        return wait.compareTo(longest) < 0 ? wait : longest;
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private Duration jitter(Duration upTo) {
        return Duration.ofMillis(random.nextLong(upTo.toMillis() + 1));
    }
}
