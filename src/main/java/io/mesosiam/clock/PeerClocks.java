package io.mesosiam.clock;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * This machine's clock, compared with its peers'. {@link #instant} is what leases are judged by: this machine's clock, unless that
 * differs by more than a minute from the median of all of them. Of an even number the earlier of the two in the middle counts, so that where one clock
 * stands against one other nothing ends too early.
 *
 * <p>A peer's time is carried on by the monotonic clock. So a step of this machine's clock is noticed at once, before any peer has been
 * asked again.
 */
public final class PeerClocks {
    /** From this difference on a clock counts as wrong. */
    public static final Duration TOLERANCE = Duration.ofMinutes(1);

    /** How long a peer's time is carried on: the monotonic clock stands still while a machine is suspended. */
    private static final Duration LONGEST = Duration.ofHours(1);

    private final InstantSource own;
    private final LongSupplier nanoTime;
    private final ConcurrentMap<Peer, Observation> observations = new ConcurrentHashMap<>();

    private record Observation(Instant time, long at) {}

    /**
     * @param own this machine's clock
     * @param nanoTime as {@link System#nanoTime}
     */
    public PeerClocks(InstantSource own, LongSupplier nanoTime) {
        this.own = own;
        this.nanoTime = nanoTime;
    }

    /** A peer has just stated its time. */
    public void observe(Peer peer, Instant time) {
        observations.put(peer, new Observation(time, nanoTime.getAsLong()));
    }

    /** A peer has just answered with this {@code Date}; one that can't be read says nothing. */
    public void observeDate(Peer peer, String date) {
        httpDate(date).ifPresent(time -> observe(peer, time));
    }

    /** RFC 9110, section 5.6.7, the form that is sent today. */
    static Optional<Instant> httpDate(String date) {
        try {
            return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)));
        } catch (DateTimeException unreadable) {
            return Optional.empty();
        }
    }

    /** The time to judge expirations by. */
    public Instant instant() {
        Instant mine = own.instant();
        Instant median = median(mine);
        return differs(mine, median) ? median : mine;
    }

    /** By how much this machine's clock is ahead of what {@link #instant} says; zero while it is believed. */
    public Duration correction() {
        Instant mine = own.instant();
        Instant median = median(mine);
        return differs(mine, median) ? Duration.between(median, mine) : Duration.ZERO;
    }

    /** By how much this machine's clock is ahead of each peer's that is known; negative if it is behind. */
    public Map<Peer, Duration> ahead() {
        Instant mine = own.instant();
        Map<Peer, Duration> ahead = new EnumMap<>(Peer.class);
        for (Peer peer : Peer.values()) {
            time(peer).ifPresent(time -> ahead.put(peer, Duration.between(time, mine)));
        }
        return ahead;
    }

    private Instant median(Instant mine) {
        Instant[] all = Stream.concat(Stream.of(mine), Stream.of(Peer.values()).flatMap(peer -> time(peer).stream()))
                .sorted(Comparator.naturalOrder())
                .toArray(Instant[]::new);
        return all[(all.length - 1) / 2];
    }

    private Optional<Instant> time(Peer peer) {
        return Optional.ofNullable(observations.get(peer)).flatMap(seen -> {
            Duration since = Duration.ofNanos(nanoTime.getAsLong() - seen.at());
            return since.compareTo(LONGEST) > 0
                    ? Optional.empty()
                    : Optional.of(seen.time().plus(since));
        });
    }

    private static boolean differs(Instant one, Instant other) {
        return Duration.between(one, other).abs().compareTo(TOLERANCE) > 0;
    }
}
