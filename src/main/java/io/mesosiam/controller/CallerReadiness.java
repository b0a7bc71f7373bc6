package io.mesosiam.controller;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready while the controller has a region and AWS credentials that STS accepts. */
@Readiness
@Singleton
final class CallerReadiness implements HealthCheck {
    private final CallerPresence caller;

    @Inject
    CallerReadiness(CallerPresence caller) {
        this.caller = caller;
    }

    @Override
    public HealthCheckResponse call() {
        Optional<String> trouble = caller.trouble();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("aws").status(trouble.isEmpty());
        trouble.ifPresent(what -> response.withData("trouble", what)
                .withData(
                        "cure",
                        "tasks keep their sessions, and new ones wait: check the controller's own AWS credentials,"
                                + " mesos-iam.sts.region, and the way to STS"));
        return response.build();
    }
}
