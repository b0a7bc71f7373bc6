package io.mesosiam.controller;

import io.mesosiam.audit.AuditPartitions;
import io.mesosiam.audit.AuditStream;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Reports that audit events don't reach their file or syslog, and that months of the audit trail can't be made or dropped.
 * Always up, since events stay in the database, and no lease depends on it.
 */
@Readiness
@Singleton
final class AuditReadiness implements HealthCheck {
    private final AuditStream stream;
    private final AuditPartitions partitions;

    @Inject
    AuditReadiness(AuditStream stream, AuditPartitions partitions) {
        this.stream = stream;
        this.partitions = partitions;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("audit").up();
        stream.trouble().ifPresent(trouble -> response.withData("trouble", trouble)
                .withData("cure", "make the file or the syslog of mesos-iam.audit.stream work: docs/audit.md"));
        partitions.trouble().ifPresent(trouble -> response.withData("partitions", trouble)
                .withData("partitionsCure", "mend what 'partitions' names, a right or a setting: docs/audit.md"));
        return response.build();
    }
}
