package io.mesosiam.agent.link;

import io.mesosiam.pause.Doubling;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Decides which controller is dialled next, and when. Of the controllers that are due, the first in the host's order is
 * dialled; last those with which the host did not stay ({@link ShortStays}). The first dial is immediate. After a lost stream, another controller comes first, after a random wait that
 * spreads the hosts of a failed controller. After a passing fault, another controller comes first, within the delay that
 * the fault states. A pending ask shortens every wait except the wait after a lasting fault; another certificate ends that. After an eviction,
 * which leaves all containers without credentials, that wait is shorter.
 *
 * <p>Its instants come from a clock that is never set back.
 */
public final class DialPlan {
    /** The time over which the hosts of a lost controller spread their dials. */
    private static final Duration SPREAD = Duration.ofSeconds(8);

    /** Short enough that the hosts of a lost controller are with the others within 30 s, if these have the processor time. */
    private static final Doubling BACKOFF = new Doubling(Duration.ofSeconds(1), Duration.ofSeconds(15));

    private static final Doubling URGENT = new Doubling(Duration.ofMillis(250), Duration.ofSeconds(2));
    /** The wait after a lasting fault, which stays until an operator acts. */
    private static final Duration AFTER_REFUSAL = Duration.ofMinutes(2);

    private static final Duration AFTER_EVICTION = Duration.ofSeconds(15);

    /**
     * The time after a passing fault in which the backoff does not grow. A controller restarts, and a Mesos agent
     * registers, within it.
     */
    private static final Duration NO_BACKOFF = Duration.ofMinutes(2);

    /** The shortest delay after a passing fault, whatever it states: an agent never dials in a tight loop. */
    private static final Duration SHORTEST_PASSING = Duration.ofMillis(100);

    private static final Duration LONGEST_PASSING = Duration.ofSeconds(15);

    private final RandomGenerator random;
    private final List<Target> targets = new ArrayList<>();
    private final ShortStays stays;
    private Instant noBackoffUntil = Instant.MIN;
    /** Whether a stream has worked since the last passing fault; initially true. */
    private boolean fresh = true;

    /** @param controllers in the order in which the host prefers them */
    public DialPlan(List<URI> controllers, RandomGenerator random) {
        this(controllers, random, LinkTiming.USUAL.away());
    }

    /** @param away see {@link LinkTiming} */
    DialPlan(List<URI> controllers, RandomGenerator random, Duration away) {
        this.random = random;
        this.stays = new ShortStays(away);
        for (URI controller : controllers) {
            targets.add(new Target(controller, Instant.EPOCH, 0, false));
        }
    }

    /** The state of one controller: its failures since it last worked, and when it is dialled again. */
    private record Target(URI controller, Instant notBefore, int failures, boolean refused) {
        Target at(Instant moment) {
            return new Target(controller, moment, failures, refused);
        }
    }

    /** The next dial: this controller, not before {@code at}. */
    record Dial(URI controller, Instant at) {}

    /**
     * Returns the next dial.
     *
     * @param urgent whether a container waits for an answer that only a controller can give
     */
    Dial next(Instant now, boolean urgent) {
        Stream<Dial> planned = targets.stream().map(target -> new Dial(target.controller(), target.notBefore()));
        Stream<Dial> hastened = targets.stream()
                .filter(target -> urgent && !target.refused())
                .min(Comparator.comparing(Target::notBefore))
                .map(target -> new Dial(target.controller(), now.plus(jitter(URGENT.after(target.failures() + 1)))))
                .stream();
        return Stream.concat(planned, hastened)
                .min(Comparator.comparing(Dial::at).thenComparing(dial -> stays.wasShort(dial.controller())))
                .orElseThrow();
    }

    /** The controllers that the host prefers to this one and may return to now, the preferred one first. */
    List<URI> preferredTo(URI controller, Instant now) {
        return due(targets.stream().takeWhile(target -> !target.controller().equals(controller)), now)
                .filter(preferred -> stays.mayReturn(preferred, now))
                .toList();
    }

    /** The other controllers that are due, the preferred one first; last those with which the host did not stay. */
    List<URI> others(URI controller, Instant now) {
        return due(targets.stream().filter(target -> !target.controller().equals(controller)), now)
                .sorted(Comparator.comparing(stays::wasShort))
                .toList();
    }

    private static Stream<URI> due(Stream<Target> targets, Instant now) {
        return targets.filter(target -> !target.notBefore().isAfter(now)).map(Target::controller);
    }

    /**
     * Notes that the host is no longer with this controller, which had claimed it.
     *
     * @param stay how long it had the controller's leases
     */
    void stayed(URI controller, Duration stay, Instant now) {
        stays.add(controller, stay, now, this::between);
    }

    /**
     * Notes that this controller asks the host to move. To which of the others it can move is tried now, whatever has failed
     * before, for example while they started; controllers that refuse the host excepted.
     */
    void askedToMove(URI controller, Instant now) {
        targets.replaceAll(target -> target.controller().equals(controller) || target.refused()
                ? target
                : new Target(target.controller(), now, 0, false));
    }

    /** Whether a stay ends the count of short ones. */
    boolean isLong(Duration stay) {
        return stays.isLong(stay);
    }

    /** How long a host that this controller asks to move waits before it does. */
    Duration beforeMove(URI controller) {
        return stays.beforeMove(controller);
    }

    /** A random time from this one to three times as long. */
    Duration between(Duration shortest) {
        return shortest.plus(jitter(shortest.multipliedBy(2)));
    }

    /** Whether the host prefers no other controller. */
    boolean isFirst(URI controller) {
        return targets.getFirst().controller().equals(controller);
    }

    /**
     * Notes the end of a stream.
     *
     * @param worked whether the controller had sent this host's leases
     */
    void ended(URI controller, boolean worked, StreamEnd end, Instant now) {
        switch (end) {
            case StreamEnd.Lost _ when worked -> lost(controller, now);
            case StreamEnd.Lost _ -> failed(controller, now);
            case StreamEnd.EndedTemporarily passing
            when worked && passing.isForAnotherHello() -> helloAgain(controller, passing.retryAfter(), now);
            case StreamEnd.EndedTemporarily passing -> closedTemporarily(controller, worked, passing.retryAfter(), now);
            case StreamEnd.Refused refused ->
                refused(controller, now, refused.isEviction() ? AFTER_EVICTION : AFTER_REFUSAL);
            case StreamEnd.Moved _ -> fresh = true;
        }
    }

    /** Notes the end of a stream that had worked. */
    void lost(URI controller, Instant now) {
        fresh = true;
        Instant after = now.plus(jitter(SPREAD));
        targets.replaceAll(target -> {
            if (target.controller().equals(controller)) {
                return new Target(controller, targets.size() == 1 ? after : after.plus(SPREAD), 0, false);
            }
            Instant notBefore = target.notBefore().isBefore(after) ? after : target.notBefore();
            return new Target(target.controller(), notBefore, target.failures(), target.refused());
        });
    }

    /** Notes that no stream could be opened, or that it ended before it worked. */
    void failed(URI controller, Instant now) {
        boolean noBackoff = now.isBefore(noBackoffUntil);
        targets.replaceAll(target -> {
            if (!target.controller().equals(controller)) {
                return target;
            }
            int failures = noBackoff ? 0 : target.failures();
            Duration wait = jitter(BACKOFF.after(failures + 1));
            return new Target(controller, now.plus(wait), failures + 1, false);
        });
    }

    /**
     * Notes that the controller ended the stream with a passing fault. If the stream had worked, the other controllers
     * are dialled before this one, whatever their backoff is; those with which the host did not stay are dialled after it.
     */
    void closedTemporarily(URI controller, boolean worked, Duration retryAfter, Instant now) {
        if (worked || fresh) {
            noBackoffUntil = now.plus(NO_BACKOFF);
            fresh = false;
        }
        boolean noBackoff = now.isBefore(noBackoffUntil);
        Duration stated = max(retryAfter, SHORTEST_PASSING);
        Doubling delays = new Doubling(stated, max(stated, LONGEST_PASSING));
        Instant others = now.plus(jitter(stated));
        targets.replaceAll(target -> {
            if (target.controller().equals(controller)) {
                int failures = noBackoff ? 0 : target.failures();
                Duration wait = delays.after(failures + 1);
                return new Target(controller, now.plus(wait).plus(jitter(wait)), failures + 1, false);
            }
            if (!worked || target.refused()) {
                return target;
            }
            return target.at(stays.wasShort(target.controller()) ? now.plus(stated.multipliedBy(3)) : others);
        });
    }

    /**
     * Notes that the controller wants another hello of a host that it served: it is dialled before the others, which may know
     * less of the host's tasks.
     */
    private void helloAgain(URI controller, Duration retryAfter, Instant now) {
        fresh = true;
        Duration stated = max(retryAfter, SHORTEST_PASSING);
        Instant others = now.plus(stated.multipliedBy(3));
        targets.replaceAll(target -> {
            if (target.controller().equals(controller)) {
                return new Target(controller, now.plus(jitter(stated)), 0, false);
            }
            return target.notBefore().isBefore(others) ? target.at(others) : target;
        });
    }

    /** Notes that the controller refuses this agent until an operator acts. */
    void refused(URI controller, Instant now) {
        refused(controller, now, AFTER_REFUSAL);
    }

    private void refused(URI controller, Instant now, Duration shortest) {
        Instant after = now.plus(shortest).plus(jitter(shortest));
        targets.replaceAll(target -> target.controller().equals(controller)
                ? new Target(controller, after, target.failures() + 1, true)
                : target);
    }

    /** Notes that the host has another certificate: controllers that refused the former one are dialled at once. */
    void enrolledAgain(Instant now) {
        targets.replaceAll(target -> target.refused() ? new Target(target.controller(), now, 0, false) : target);
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    Duration jitter(Duration upTo) {
        return Duration.ofMillis(random.nextLong(upTo.toMillis() + 1));
    }
}
