package io.mesosiam.lease;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How promises are kept. */
@ConfigMapping(prefix = "mesos-iam.lease")
public interface LeaseConfig {
    /** How many sessions are asked for at the same time, each on a virtual thread of its own. */
    @WithDefault("256")
    int concurrentCalls();

    /** Every launch is looked at once in this time, at a random moment of it, in case an event was lost. */
    @WithDefault("5m")
    Duration fullPass();

    /**
     * How long leases renew on the word of the host's agent alone, while the masters are away or the Mesos agent is
     * unreachable.
     */
    @WithDefault("24h")
    Duration outOfSightLimit();

    /** How far rows and audit events may be behind: they are written in batches that are collected for this long. */
    @WithDefault("100ms")
    Duration journalDelay();

    /** How many entries may wait to be written before new leases wait too; renewals and reaps go on. */
    @WithDefault("20000")
    int journalCapacity();

    /** How long the database may be away before nothing new is decided. */
    @WithDefault("15m")
    Duration withoutDatabaseLimit();

    /** How often the withdrawals are read again, in case a notification was lost. */
    @WithDefault("10s")
    Duration withdrawalPoll();
}
