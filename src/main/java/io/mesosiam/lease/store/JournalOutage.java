package io.mesosiam.lease.store;

import io.mesosiam.pause.Backoff;
import io.mesosiam.pause.Doubling;
import io.mesosiam.postgres.PlainReason;
import io.mesosiam.postgres.WriteFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Whether the database accepts entries: since when it does not, how long to pause before the next attempt, and how many
 * entries were lost since the last one was written. Begin and end are logged. Not thread-safe: {@link JournalBacklog}
 * holds the lock.
 */
final class JournalOutage {
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private static final Logger LOG = Logger.getLogger(JournalOutage.class);
    private static final Doubling PAUSES = new Doubling(Duration.ofMillis(100), LONGEST_PAUSE);

    private final Backoff backoff = new Backoff(PAUSES);
    private Optional<Instant> since = Optional.empty();
    private long lost;

    /** Since when the database has been unavailable; empty while it is available. */
    Optional<Instant> since() {
        return since;
    }

    /** The pause after the next failure. */
    Duration nextPause() {
        return backoff.upcoming();
    }

    /** Returns the pause after this failure; the next one is longer. */
    Duration takePause() {
        return backoff.next();
    }

    /** Records that the database is unavailable. */
    void failed(RuntimeException e, Instant now) {
        if (since.isEmpty()) {
            since = Optional.of(now);
            LOG.warnf(
                    "journal not writable, entries wait failure=\"%s\" reason=\"%s\"",
                    WriteFailure.of(e).text(), PlainReason.of(e));
            LOG.debug("journal not writable", e);
        }
    }

    /** Records that an entry was dropped because too many wait. */
    void entryLost() {
        if (lost++ == 0) {
            LOG.error("journal full, events are only logged until the database is back");
        }
    }

    /** Records that the database has written entries. */
    void ended() {
        if (since.isPresent()) {
            LOG.infof("journal writable again entriesLost=%d", lost);
        }
        since = Optional.empty();
        backoff.succeeded();
        lost = 0;
    }
}
