package io.mesosiam.clock;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/**
 * Compares this machine's clock with the clocks of peers. Expirations are judged by {@link #instant}: this machine's
 * clock, unless it differs by more than a minute from the median of all clocks. For an even number of clocks, the
 * earlier of the two middle values counts, so that of two differing clocks the earlier applies and nothing expires too
 * early.
 *
 * <p>A peer's time is extrapolated with the monotonic clock. A step of this machine's clock is therefore detected at
 * once, before any peer is asked again.
 */
public final class PeerClocks {
    /** Difference from which a clock counts as wrong. */
    public static final Duration TOLERANCE = Duration.ofMinutes(1);

    /**
     * Maximum time for which a peer's time is extrapolated, because the monotonic clock stops while a machine is
     * suspended.
     */
    private static final Duration LONGEST = Duration.ofHours(1);

    private final InstantSource own;
    private final LongSupplier nanoTime;
    private final ConcurrentMap<Peer, Observation> observations = new ConcurrentHashMap<>();

    private record Observation(Instant time, long at) {}

    /**
     * @param own this machine's clock
     * @param nanoTime such as {@link System#nanoTime}
     */
    public PeerClocks(InstantSource own, LongSupplier nanoTime) {
        this.own = own;
        this.nanoTime = nanoTime;
    }

    /** Records the time that a peer has just reported. */
    public void observe(Peer peer, Instant time) {
        observations.put(peer, new Observation(time, nanoTime.getAsLong()));
    }

    /**
     * Records the {@code Date} header of a response that has just arrived. A header that can't be parsed is ignored.
     */
    public void observeDate(Peer peer, String date) {
        httpDate(date).ifPresent(time -> observe(peer, time));
    }

    /** Parses the preferred format of RFC 9110, section 5.6.7. */
    static Optional<Instant> httpDate(String date) {
        try {
            return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)));
        } catch (DateTimeException unreadable) {
            return Optional.empty();
        }
    }

    /** The time by which expirations are judged. */
    public Instant instant() {
        Instant mine = own.instant();
        if (allAgreeWith(mine)) {
            return mine;
        }
        Instant median = median(mine);
        return differs(mine, median) ? median : mine;
    }

    /** The usual case, in which the median isn't needed: this is called for each event of the master. */
    private boolean allAgreeWith(Instant mine) {
        for (Observation seen : observations.values()) {
            if (time(seen).filter(time -> differs(mine, time)).isPresent()) {
                return false;
            }
        }
        return true;
    }

    /**
     * The difference between this machine's clock and {@link #instant}, positive if this clock is ahead; zero while
     * this clock is within the tolerance.
     */
    public Duration correction() {
        Instant mine = own.instant();
        Instant median = median(mine);
        return differs(mine, median) ? Duration.between(median, mine) : Duration.ZERO;
    }

    /** The difference between this machine's clock and each known peer's; negative if this clock is behind. */
    public Map<Peer, Duration> ahead() {
        Instant mine = own.instant();
        Map<Peer, Duration> ahead = new EnumMap<>(Peer.class);
        for (Peer peer : Peer.values()) {
            time(peer).ifPresent(time -> ahead.put(peer, Duration.between(time, mine)));
        }
        return ahead;
    }

    private Instant median(Instant mine) {
        List<Instant> all = new ArrayList<>();
        all.add(mine);
        for (Peer peer : Peer.values()) {
            time(peer).ifPresent(all::add);
        }
        all.sort(Comparator.naturalOrder());
        return all.get((all.size() - 1) / 2);
    }

    private Optional<Instant> time(Peer peer) {
        return Optional.ofNullable(observations.get(peer)).flatMap(this::time);
    }

    private Optional<Instant> time(Observation seen) {
        Duration since = Duration.ofNanos(nanoTime.getAsLong() - seen.at());
        return since.compareTo(LONGEST) > 0
                ? Optional.empty()
                : Optional.of(seen.time().plus(since));
    }

    private static boolean differs(Instant one, Instant other) {
        return Duration.between(one, other).abs().compareTo(TOLERANCE) > 0;
    }
}
