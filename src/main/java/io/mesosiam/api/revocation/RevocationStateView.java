package io.mesosiam.api.revocation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.revocation.StoredDenial;
import io.mesosiam.admin.withdrawal.StoredWithdrawal;
import io.mesosiam.api.Docs;
import io.mesosiam.api.admin.WithdrawalView;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A revocation as it stands. */
@RegisterForReflection
@Schema(
        name = "RevocationState",
        description = "A revocation: the withdrawal, whether it stands, and the denials of its sessions at AWS",
        requiredProperties = {"revoked", "state", "denials", "omittedDenials"})
record RevocationStateView(
        @Schema(description = "What was revoked, why and when; its id is the revocation's")
        WithdrawalView revoked,

        @Schema(
                description = "standing: no credentials are given that it covers; lifted: they are given again",
                enumeration = {"standing", "lifted"},
                examples = "standing")
        String state,

        @Schema(
                description =
                        "The denials of sessions at AWS, the oldest first; empty unless it was hard. At most 100: those that are not removed,"
                                + " then the newest")
        List<Denial> denials,

        @Schema(description = "How many denials 'denials' doesn't have", minimum = "0", examples = "0")
        long omittedDenials) {
    /** One denial. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "SessionDenial",
            description = "The denial of sessions of one IAM role at AWS",
            requiredProperties = {"iamRoleArn", "state", "sessionNames", "removeAfter", "attempts"})
    record Denial(
            @Schema(description = Docs.IAM_ROLE_ARN, examples = Docs.IAM_ROLE_ARN_EXAMPLE)
            String iamRoleArn,

            @Schema(
                    description =
                            "requested: no attempt was made yet. failing: AWS has not accepted it, lastError says why; it is"
                                    + " tried again. active: AWS denies the sessions, as soon as its servers know. removed: no denied"
                                    + " session is valid any more",
                    enumeration = {"requested", "failing", "active", "removed"},
                    examples = "active")
            String state,

            @Schema(description = "The role session names that are denied; empty: all sessions")
            List<String> sessionNames,

            @Schema(
                    description = "Only sessions issued before this time are denied; absent: all with these names",
                    format = "date-time",
                    examples = Docs.TIME_EXAMPLE)
            @Nullable
            String issuedBefore,

            @Schema(description = "When it is removed again", format = "date-time", examples = Docs.TIME_EXAMPLE)
            String removeAfter,

            @Schema(description = "When AWS accepted it", format = "date-time", examples = Docs.TIME_EXAMPLE) @Nullable
            String appliedAt,

            @Schema(description = "When it was removed", format = "date-time", examples = Docs.TIME_EXAMPLE) @Nullable
            String removedAt,

            @Schema(description = "How often in a row AWS has refused or not answered", minimum = "0", examples = "0")
            int attempts,

            @Schema(description = "Why the last attempt failed; absent after a success", examples = "AccessDenied")
            @Nullable
            String lastError) {
        static Denial of(StoredDenial denial) {
            return new Denial(
                    denial.iamRoleArn(),
                    denial.state(),
                    denial.sessionNames(),
                    denial.issuedBefore().map(Instant::toString).orElse(null),
                    denial.removeAfter().toString(),
                    denial.appliedAt().map(Instant::toString).orElse(null),
                    denial.removedAt().map(Instant::toString).orElse(null),
                    denial.attempts(),
                    denial.lastError().orElse(null));
        }
    }

    static RevocationStateView of(StoredWithdrawal withdrawal, List<StoredDenial> denials) {
        List<StoredDenial> own = denials.stream()
                .filter(denial -> denial.withdrawal().equals(withdrawal.id()))
                .toList();
        return new RevocationStateView(
                WithdrawalView.of(withdrawal),
                withdrawal.liftedAt().isPresent() ? "lifted" : "standing",
                own.stream().map(Denial::of).toList(),
                own.isEmpty() ? 0 : own.getFirst().all() - own.size());
    }

    /** A page. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "RevocationPage",
            description = "A page of revocations",
            requiredProperties = {"items"})
    record Page(
            @Schema(
                    description = "Revocations with the selected fields, in the order of 'sort'; see RevocationState",
                    type = SchemaType.ARRAY,
                    implementation = Object.class)
            List<JsonNode> items,

            @Schema(description = Docs.NEXT) @Nullable String next) {}
}
