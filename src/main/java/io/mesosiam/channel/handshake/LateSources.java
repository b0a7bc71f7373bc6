package io.mesosiam.channel.handshake;

import io.mesosiam.http.ConnectionSource;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Sources whose last handshake stalled or failed slowly. Each is remembered for {@link #REMEMBERED}, also without an open
 * connection, so that a source can't shed its lateness by closing its connections. Not thread-safe.
 */
final class LateSources {
    static final Duration REMEMBERED = Duration.ofMinutes(1);

    /** More than the handshakes of a second each that fit into 256 slots within {@link #REMEMBERED}. */
    static final int MAX_SOURCES = 16_384;

    /** When each source was late; the longest ago first. */
    private final SequencedMap<ConnectionSource, Instant> late = new LinkedHashMap<>();

    /** Remembers a source; forgets the source that was late longest ago if there are too many. */
    void add(ConnectionSource source, Instant now) {
        late.putLast(source, now);
        while (late.size() > MAX_SOURCES || !isRemembered(late.firstEntry().getValue(), now)) {
            late.pollFirstEntry();
        }
    }

    void remove(ConnectionSource source) {
        late.remove(source);
    }

    boolean contains(ConnectionSource source, Instant now) {
        Instant at = late.get(source);
        return at != null && isRemembered(at, now);
    }

    int size() {
        return late.size();
    }

    /** A clock that is set back by more than the limit forgets the source. */
    private static boolean isRemembered(Instant at, Instant now) {
        return Duration.between(at, now).abs().compareTo(REMEMBERED) < 0;
    }
}
