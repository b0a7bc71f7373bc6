package io.mesosiam.lease;

import io.mesosiam.backoff.Doubling;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * When a session is renewed and when a failure is tried again. Pure but for its generator.
 *
 * <p>An hour's session is renewed 32 to 40 min after its issue, others in proportion: SDKs refetch from 15 min before the
 * end, and some believe a nearly dead key for up to 20 min, so an hour's session always has 20 min left when it is
 * replaced.
 */
public final class RenewalRule {
    static final Duration FIRST_RETRY = Duration.ofSeconds(15);
    public static final Duration LAST_RETRY = Duration.ofMinutes(15);

    private static final double EARLIEST = 32.0 / 60;
    private static final double LATEST = 40.0 / 60;

    /** A delay is lengthened by up to this part of itself, so that what failed together doesn't return together. */
    private static final double JITTER = 0.25;

    private static final Doubling RETRIES =
            new Doubling(FIRST_RETRY, Duration.ofMillis((long) (LAST_RETRY.toMillis() / (1 + JITTER))));

    private final RandomGenerator random;

    public RenewalRule(RandomGenerator random) {
        this.random = random;
    }

    /** When a session just issued is renewed. */
    public Instant renewAt(Instant issuedAt, Instant expiration) {
        Duration length = Duration.between(issuedAt, expiration);
        return length.isNegative() ? issuedAt : issuedAt.plus(part(length, EARLIEST, LATEST));
    }

    /**
     * When a session is renewed whose issue nobody here saw. A window already begun is used from now on; one that is over
     * means at once.
     */
    public Instant renewAdoptedAt(Instant expiration, Duration length, Instant now) {
        Instant issuedAt = expiration.minus(length);
        Instant earliest = latest(now, issuedAt.plus(part(length, EARLIEST, EARLIEST)));
        Instant latest = latest(earliest, issuedAt.plus(part(length, LATEST, LATEST)));
        return earliest.plus(part(Duration.between(earliest, latest), 0, 1));
    }

    /** Whether a session may still be handed to another lease: it is younger than the youngest that is renewed. */
    public boolean fresh(Instant expiration, Duration length, Instant now) {
        return now.isBefore(expiration.minus(length).plus(part(length, EARLIEST, EARLIEST)));
    }

    /**
     * How long to wait after the {@code attempts}th failure in a row: 15 s, doubling, never over 15 min.
     *
     * @param attempts from 1
     */
    public Duration backoff(int attempts) {
        long delay = RETRIES.after(attempts).toMillis();
        return Duration.ofMillis(delay + (long) (delay * JITTER * random.nextDouble()));
    }

    private Duration part(Duration of, double from, double to) {
        double share = from == to ? from : from + (to - from) * random.nextDouble();
        return Duration.ofMillis((long) (of.toMillis() * share));
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
