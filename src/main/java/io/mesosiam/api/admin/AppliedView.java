package io.mesosiam.api.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.admin.StoredPolicy;
import io.mesosiam.admin.Written;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The outcome of a bulk request that was applied. */
@RegisterForReflection
@Schema(
        name = "AppliedChanges",
        description = "The outcomes of the changes, in their order",
        requiredProperties = {"results"})
public record AppliedView(
        @Schema(description = "One for each change") List<Result> results) {
    /** The outcome of one change. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "AppliedChange",
            description = "The outcome of one change",
            requiredProperties = {"namespace", "name", "outcome"})
    public record Result(
            @Schema(description = "The policy's namespace", examples = "/data/reporting")
            String namespace,

            @Schema(description = "The policy's name", examples = "nightly-report")
            String name,

            @Schema(
                    description = "What happened",
                    enumeration = {"created", "changed", "unchanged", "deleted"},
                    examples = "changed")
            String outcome,

            @Schema(
                    description = "The tag of the stored version; absent for a deletion",
                    examples = AdminDocs.VERSION_EXAMPLE)
            @Nullable
            String tag) {
        private static Result of(String outcome, StoredPolicy policy, boolean stored) {
            return new Result(policy.key().namespace(), policy.key().name(), outcome, stored ? policy.tag() : null);
        }
    }

    /** The outcomes of changes of which none was refused. */
    static AppliedView of(List<Written<StoredPolicy>> outcomes) {
        return new AppliedView(outcomes.stream()
                .map(outcome -> switch (outcome) {
                    case Written.Created<StoredPolicy>(StoredPolicy policy) -> Result.of("created", policy, true);
                    case Written.Changed<StoredPolicy>(StoredPolicy policy) -> Result.of("changed", policy, true);
                    case Written.Unchanged<StoredPolicy>(StoredPolicy policy) -> Result.of("unchanged", policy, true);
                    case Written.Deleted<StoredPolicy>(StoredPolicy policy) -> Result.of("deleted", policy, false);
                    case Written.Not<StoredPolicy> _ -> throw new IllegalArgumentException("a change was refused");
                })
                .toList());
    }

    /** The body of a bulk request, as {@code openapi.yaml} describes it; {@link PolicyChanges} reads it. */
    @Schema(
            name = "PolicyChanges",
            description = "Changes of policies that take effect together, or not at all",
            requiredProperties = {"changes"})
    record Request(
            @Schema(description = "At most one for each policy", minItems = 1, maxItems = PolicyChanges.MOST)
            List<Change> changes) {}

    /** One change of a bulk request. */
    @Schema(
            name = "PolicyChange",
            description = "One change of one policy",
            requiredProperties = {"action", "namespace", "name"})
    record Change(
            @Schema(
                    description = "put creates or replaces, patch changes fields, delete deletes",
                    enumeration = {"put", "patch", "delete"},
                    examples = "put")
            String action,

            @Schema(description = "The policy's namespace", examples = "/data/reporting")
            String namespace,

            @Schema(description = "The policy's name", examples = "nightly-report")
            String name,

            @Schema(description = "For put: the whole content") @Nullable
            PolicyContentSchema content,

            @Schema(description = "For patch: a merge patch (RFC 7396) of the content", type = SchemaType.OBJECT)
            @Nullable
            Object patch,

            @Schema(
                    description = "Applies only if the stored version has this tag; * for any version",
                    examples = AdminDocs.VERSION_EXAMPLE)
            @Nullable
            String ifMatch) {}
}
