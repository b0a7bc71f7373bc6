package io.mesosiam.drain;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Reports a controller that an operator has drained as not ready. */
@Readiness
@Singleton
final class DrainReadiness implements HealthCheck {
    private final ControllerDrain drain;

    @Inject
    DrainReadiness(ControllerDrain drain) {
        this.drain = drain;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<ControllerDrain.Drained> drained = drain.current();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("drain").status(drained.isEmpty());
        drained.ifPresent(now -> response.withData("since", now.since().toString())
                .withData("by", now.by())
                .withData("reason", now.reason())
                .withData(
                        "cure",
                        "after the maintenance, restart the controller, or DELETE /api/v1/controllers/ID/drain"));
        return response.build();
    }
}
