package io.mesosiam.trial;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** This machine's clock, and a difference that can be changed. */
final class StepClock implements InstantSource {
    private volatile Duration ahead = Duration.ZERO;

    @Override
    public Instant instant() {
        return Instant.now().plus(ahead);
    }

    void ahead(Duration next) {
        ahead = next;
    }
}
