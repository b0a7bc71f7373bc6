package io.mesosiam.api.list;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.admin.Policies;
import io.mesosiam.api.Docs;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A page of policies. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        description = "A page of the policies",
        requiredProperties = {"version", "items", "rejected", "rejectedCount"})
public record PolicyPage(
        @Schema(
                description = "The version of the policy table that this controller uses",
                minimum = "0",
                examples = "17")
        long version,

        @Schema(
                description =
                        "Policies with the selected fields, disabled ones included, in the order of 'sort'; see Policy",
                type = SchemaType.ARRAY,
                implementation = Object.class)
        List<Object> items,

        @Schema(description = "The rows that can't be used, on every page: the first 100, by name")
        List<Rejected> rejected,

        @Schema(
                description = "The number of rows that can't be used, also of those that 'rejected' doesn't have",
                minimum = "0",
                examples = "0")
        int rejectedCount,

        @Schema(description = Docs.NEXT) @Nullable String next) {
    private static final int MOST_REJECTED = 100;

    /** @param rejected the rows that can't be used and that the caller sees */
    static PolicyPage of(long version, ListParameters.Page<Object> page, List<RejectedRow> rejected) {
        return new PolicyPage(
                version,
                page.items(),
                rejected.stream()
                        .sorted(Comparator.comparing(RejectedRow::name)
                                .thenComparing(row -> row.policy().value()))
                        .limit(MOST_REJECTED)
                        .map(Rejected::of)
                        .toList(),
                rejected.size(),
                page.next());
    }

    /** A row that SQL accepted but that is invalid: it allows nothing, but may deny. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "RejectedPolicy",
            description = "A row of the policy table that can't be used: it gives nothing, but may deny",
            requiredProperties = {"policyId", "name", "reason", "consequence"})
    public record Rejected(
            @Schema(description = Docs.POLICY_ID, format = "uuid", examples = Docs.UUID_EXAMPLE)
            String policyId,

            @Schema(description = "The row's name", examples = "nightly-report")
            String name,

            @Schema(
                    description = "The row's effect; absent if it can't be read",
                    enumeration = {"allow", "deny"},
                    examples = "allow")
            @Nullable
            String effect,

            @Schema(
                    description = "Why it can't be used; begins with the column",
                    examples = "iam_role_arn: not the ARN of an IAM role")
            String reason,

            @Schema(
                    description = "Its effect although it can't be used. none: it gives nothing. denies: it denies,"
                            + " and its unreadable selectors count as matching. holds-back: it may"
                            + " deny, so tasks that it may concern get nothing new and keep what they"
                            + " hold",
                    enumeration = {"none", "denies", "holds-back"},
                    examples = "none")
            String consequence) {
        static Rejected of(RejectedRow row) {
            return new Rejected(
                    row.policy().toString(),
                    row.name(),
                    row.effect()
                            .map(effect -> effect.name().toLowerCase(Locale.ROOT))
                            .orElse(null),
                    Policies.inJson(row.reason()),
                    row.consequence().text());
        }
    }
}
