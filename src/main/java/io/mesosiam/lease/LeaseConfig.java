package io.mesosiam.lease;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Settings for issuing, renewing and recording leases. */
@ConfigMapping(prefix = "mesos-iam.lease")
public interface LeaseConfig {
    /** Maximum number of concurrent STS calls, each on its own virtual thread. */
    @WithDefault("256")
    int concurrentCalls();

    /**
     * Period of the full pass. Each launch is checked once per period, at a random moment, in case an event was lost.
     */
    @WithDefault("5m")
    Duration fullPass();

    /**
     * How long leases are renewed while only the host's agent reports the container, because the masters are not
     * available or the Mesos agent is unreachable.
     */
    @WithDefault("24h")
    Duration outOfSightLimit();

    /**
     * How long the journal collects rows and audit events before it writes a batch; the database lags by at least this.
     */
    @WithDefault("100ms")
    Duration journalDelay();

    /** Number of queued entries at which no new leases are issued. Renewals and reaps continue. */
    @WithDefault("20000")
    int journalCapacity();

    /** How long the database may be unavailable before no new leases are issued. */
    @WithDefault("15m")
    Duration withoutDatabaseLimit();

    /** Interval between reads of the withdrawal table, in case a notification was lost. */
    @WithDefault("10s")
    Duration withdrawalPoll();
}
