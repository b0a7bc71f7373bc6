package io.mesosiam.controller;

import io.mesosiam.lease.grant.GrantTable;
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
    private final GrantTable grants;

    @Inject
    PolicyReadiness(PolicyTable policies, GrantTable grants) {
        this.policies = policies;
        this.grants = grants;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("policies").up();
        policies.trouble().ifPresent(trouble -> response.withData("trouble", trouble)
                .withData(
                        "cure",
                        "rows that can't be used: correct or delete them. A table that can't be followed: see the"
                                + " check database, and the rights of the controllers' user"));
        grants.trouble().ifPresent(trouble -> response.withData("grants", trouble));
        return response.withData("version", policies.current().version()).build();
    }
}
