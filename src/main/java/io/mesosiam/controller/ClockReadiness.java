package io.mesosiam.controller;

import io.mesosiam.clock.Peer;
import io.mesosiam.clock.PeerClocks;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Always up, since the time used for leases is corrected by the peers' clocks. Warns if this clock differs from theirs
 * by more than a minute.
 */
@Readiness
@Singleton
final class ClockReadiness implements HealthCheck {
    private final PeerClocks clocks;

    @Inject
    ClockReadiness(PeerClocks clocks) {
        this.clocks = clocks;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("clock").up();
        Map<Peer, Duration> far = ClockWatch.far(clocks);
        if (!far.isEmpty()) {
            response.withData(
                    "warning",
                    "this machine's clock and its peers' differ by more than a minute, ahead by " + ClockWatch.text(far)
                            + ": synchronise the wrong clock");
        }
        return response.build();
    }
}
