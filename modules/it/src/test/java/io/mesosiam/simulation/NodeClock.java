package io.mesosiam.simulation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The wall clock of one machine: true time with an offset and a drift. */
final class NodeClock implements InstantSource {
    private final Scheduler scheduler;
    private final Duration offset;
    private final double drift;

    /** The time that it showed last, and when. */
    private Instant shown = Instant.MIN;

    private long shownAt = -1;

    NodeClock(Scheduler scheduler, Duration offset, double drift) {
        this.scheduler = scheduler;
        this.offset = offset;
        this.drift = drift;
    }

    @Override
    public Instant instant() {
        if (shownAt != scheduler.micros()) {
            shownAt = scheduler.micros();
            shown = scheduler.now().plus(offset).plusNanos((long) (scheduler.micros() * 1000 * drift));
        }
        return shown;
    }
}
