package io.mesosiam.controller;

import io.mesosiam.policy.store.PolicyTable;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Always up, since leases continue on the last known policies while Postgres is unavailable. Reports problems with
 * them.
 */
@Readiness
@Singleton
final class PolicyReadiness implements HealthCheck {
    private final PolicyTable policies;

    @Inject
    PolicyReadiness(PolicyTable policies) {
        this.policies = policies;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("policies").up();
        policies.trouble().ifPresent(trouble -> response.withData("trouble", trouble));
        return response.withData("version", policies.current().version()).build();
    }
}
