package io.mesosiam.controller;

import io.mesosiam.api.port.ApiCertificates;
import io.mesosiam.channel.AgentChannel;
import io.mesosiam.enrol.EvictedHosts;
import io.mesosiam.enrol.HostAuthorities;
import io.mesosiam.enrol.termination.EndedInstances;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Reports why the agents' port or the API's does not use its certificate files as they are now, why no host can enrol,
 * which tables of hosts and authorities are not read, and which certificates expire soon. Always up, since the port keeps
 * the certificates that it has.
 */
@Readiness
@Singleton
final class CertificateReadiness implements HealthCheck {
    private final AgentChannel channel;
    private final ApiCertificates api;
    private final HostAuthorities authorities;
    private final EvictedHosts evicted;
    private final EndedInstances instances;
    private final CertificateExpiry expiry;

    @Inject
    CertificateReadiness(
            AgentChannel channel,
            ApiCertificates api,
            HostAuthorities authorities,
            EvictedHosts evicted,
            EndedInstances instances,
            CertificateExpiry expiry) {
        this.channel = channel;
        this.api = api;
        this.authorities = authorities;
        this.evicted = evicted;
        this.instances = instances;
        this.expiry = expiry;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("certificates").up();
        channel.certificateTrouble().ifPresent(trouble -> response.withData("trouble", trouble));
        api.trouble().ifPresent(trouble -> response.withData("api", trouble));
        authorities.trouble().ifPresent(trouble -> response.withData("enrolment", trouble));
        authorities.unread().ifPresent(trouble -> response.withData("authorities", "not read: " + trouble));
        evicted.unread().ifPresent(trouble -> response.withData("evictions", "not read: " + trouble));
        instances.unread().ifPresent(trouble -> response.withData("instances", "not read: " + trouble));
        List<String> soon = expiry.soon();
        if (!soon.isEmpty()) {
            response.withData("expiring", String.join(". ", soon));
        }
        return response.build();
    }
}
