package io.mesosiam.admin.withdrawal;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A withdrawal as it is stored: it covers every launch that agrees with all that is set, until it is lifted.
 *
 * @param madeBy the caller of the API, or the database user for a change by SQL
 * @param keysValidUntil when the last session of the leases that it covered when it was made expires; empty if none had one, or if a
 *     version made it that kept no such time
 * @param liftedAt empty while it stands
 */
public record StoredWithdrawal(
        UUID id,
        Optional<String> frameworkId,
        Optional<String> taskId,
        Optional<String> mesosAgentId,
        Optional<Long> launchSequence,
        Optional<String> credentialName,
        Optional<UUID> policyId,
        Optional<String> iamRoleArn,
        String reason,
        String madeBy,
        Instant madeAt,
        Optional<Instant> keysValidUntil,
        Optional<Instant> liftedAt,
        Optional<String> liftedBy) {
    static StoredWithdrawal of(WithdrawalEntity row) {
        return new StoredWithdrawal(
                required(row.id),
                Optional.ofNullable(row.frameworkId),
                Optional.ofNullable(row.taskId),
                Optional.ofNullable(row.mesosAgentId),
                Optional.ofNullable(row.launchSequence),
                Optional.ofNullable(row.credentialName),
                Optional.ofNullable(row.policyId),
                Optional.ofNullable(row.iamRoleArn),
                required(row.reason),
                required(row.madeBy),
                required(row.madeAt).toInstant(),
                Optional.ofNullable(row.keysValidUntil).map(OffsetDateTime::toInstant),
                Optional.ofNullable(row.liftedAt).map(OffsetDateTime::toInstant),
                Optional.ofNullable(row.liftedBy));
    }

    private static <T> T required(@Nullable T value) {
        return Objects.requireNonNull(value, "a column that is never null");
    }
}
