package io.mesosiam.controller;

import io.mesosiam.revoke.SessionDenials;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Reports whether revoked sessions are denied at AWS. Always up, since leases don't depend on it. */
@Readiness
@Singleton
final class SessionDenialReadiness implements HealthCheck {
    private final SessionDenials denials;

    @Inject
    SessionDenialReadiness(SessionDenials denials) {
        this.denials = denials;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("session-denials").up();
        denials.trouble().ifPresent(trouble -> response.withData("trouble", trouble)
                .withData(
                        "cure",
                        "a table that can't be followed: see the check database. Otherwise set mesos-iam.revoke.role-name on all"
                                + " controllers, and give that role its permissions: docs/aws-setup.md"));
        return response.build();
    }
}
