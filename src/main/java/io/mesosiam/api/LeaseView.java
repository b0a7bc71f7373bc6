package io.mesosiam.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseState;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A lease as the API shows it. There is no key material in a lease, so there is none here.
 *
 * @param state {@code pending}, {@code active}, {@code renewing}, {@code failed} or {@code reaped}
 * @param reason why it is in that state; absent where it needs none
 * @param expiration when the session that is served ends, by STS
 * @param renewAt when STS is asked next
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Lease")
public record LeaseView(
        String leaseId,
        String frameworkId,
        String taskId,
        String mesosAgentId,
        long launchSequence,
        String credentialName,
        String iamRoleArn,
        String sessionName,
        String policyId,
        boolean witnessed,
        @Nullable String containerId,
        Instant createdAt,
        @Nullable Instant until,
        String state,
        @Nullable String reason,
        @Nullable Instant expiration,
        @Nullable Instant renewAt) {
    static LeaseView of(Lease lease) {
        return switch (lease.state()) {
            case LeaseState.Pending pending -> of(lease, pending.reason(), null, null);
            case LeaseState.Active active -> of(lease, null, active.expiration(), active.renewAt());
            case LeaseState.Renewing renewing -> of(lease, null, renewing.expiration(), null);
            case LeaseState.Failed failed -> of(lease, failed.reason(), null, failed.retryAt());
            case LeaseState.Reaped reaped -> of(lease, reaped.reason(), null, null);
        };
    }

    private static LeaseView of(
            Lease lease, @Nullable String reason, @Nullable Instant expiration, @Nullable Instant renewAt) {
        return new LeaseView(
                lease.id().toString(),
                lease.launch().key().framework().value(),
                lease.launch().key().task().value(),
                lease.launch().key().agent().value(),
                lease.launch().sequence(),
                lease.name().value(),
                lease.role().arn(),
                lease.sessionName(),
                lease.policy().toString(),
                lease.witnessed(),
                lease.container().map(Object::toString).orElse(null),
                lease.createdAt(),
                lease.until().orElse(null),
                lease.state().word(),
                reason,
                expiration,
                renewAt);
    }
}
