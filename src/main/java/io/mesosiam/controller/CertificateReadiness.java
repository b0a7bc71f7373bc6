package io.mesosiam.controller;

import io.mesosiam.channel.AgentChannel;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Reports why the agents' port does not use its certificate files as they are now. Always up, since the port keeps the
 * certificates that it has.
 */
@Readiness
@Singleton
final class CertificateReadiness implements HealthCheck {
    private final AgentChannel channel;

    @Inject
    CertificateReadiness(AgentChannel channel) {
        this.channel = channel;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("certificates").up();
        channel.certificateTrouble().ifPresent(trouble -> response.withData("trouble", trouble));
        return response.build();
    }
}
