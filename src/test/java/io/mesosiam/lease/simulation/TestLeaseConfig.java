package io.mesosiam.lease.simulation;

import io.mesosiam.lease.LeaseConfig;
import java.time.Duration;

/** The settings' default values. */
public record TestLeaseConfig(
        int concurrentCalls,
        Duration fullPass,
        Duration outOfSightLimit,
        Duration journalDelay,
        int journalCapacity,
        Duration withoutDatabaseLimit,
        Duration withdrawalPoll)
        implements LeaseConfig {
    public static final TestLeaseConfig DEFAULTS = new TestLeaseConfig(
            256,
            Duration.ofMinutes(5),
            Duration.ofHours(24),
            Duration.ofMillis(100),
            20_000,
            Duration.ofMinutes(15),
            Duration.ofSeconds(10));
}
