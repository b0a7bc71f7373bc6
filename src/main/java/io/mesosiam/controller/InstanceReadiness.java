package io.mesosiam.controller;

import io.mesosiam.enrol.Enrolment;
import io.mesosiam.enrol.termination.TerminationPoll;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Reports that EC2 has not stated the enrolled instances for a while, and why AWS's certificates can't be read. Always up, since leases
 * go on without EC2.
 */
@Readiness
@Singleton
final class InstanceReadiness implements HealthCheck {
    private final TerminationPoll poll;
    private final Enrolment enrolment;

    @Inject
    InstanceReadiness(TerminationPoll poll, Enrolment enrolment) {
        this.poll = poll;
        this.enrolment = enrolment;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("instances").up();
        poll.trouble().ifPresent(trouble -> response.withData("trouble", trouble)
                .withData("cure", "allow ec2:DescribeInstances, and check the way to EC2: docs/aws-setup.md"));
        enrolment.certificatesTrouble().ifPresent(trouble -> response.withData("certificates", trouble));
        return response.build();
    }
}
