package io.mesosiam.api.apply;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.admin.PolicyKey;
import io.mesosiam.admin.StoredPolicy;
import io.mesosiam.admin.Written;
import io.mesosiam.admin.namespace.StoredNamespace;
import io.mesosiam.admin.trust.StoredTrust;
import io.mesosiam.api.Docs;
import io.mesosiam.api.admin.AdminDocs;
import io.mesosiam.api.admin.PolicyContentSchema;
import io.mesosiam.api.namespace.NamespaceContentSchema;
import io.mesosiam.api.trust.TrustView;
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
            requiredProperties = {"kind", "outcome"})
    public record Result(
            @Schema(
                    description = "The kind of object",
                    enumeration = {ChangeReader.POLICY, ChangeReader.NAMESPACE, ChangeReader.TRUST},
                    examples = ChangeReader.POLICY)
            String kind,

            @Schema(
                    description = "The policy's namespace, or the namespace itself; absent for attribute trust",
                    examples = "/data/reporting")
            @Nullable
            String namespace,

            @Schema(description = "The policy's name; absent for other kinds", examples = "nightly-report") @Nullable
            String name,

            @Schema(
                    description = "The id of the attribute trust; absent for other kinds",
                    format = "uuid",
                    examples = Docs.UUID_EXAMPLE)
            @Nullable
            String id,

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
        static Result policy(Written<StoredPolicy> written) {
            StoredPolicy policy = object(written);
            return new Result(
                    ChangeReader.POLICY,
                    policy.key().namespace(),
                    policy.key().name(),
                    null,
                    word(written),
                    written instanceof Written.Deleted ? null : policy.tag());
        }

        static Result namespace(Written<StoredNamespace> written) {
            StoredNamespace namespace = object(written);
            return new Result(
                    ChangeReader.NAMESPACE,
                    namespace.path(),
                    null,
                    null,
                    word(written),
                    written instanceof Written.Deleted ? null : namespace.tag());
        }

        static Result trust(Written<StoredTrust> written) {
            StoredTrust trust = object(written);
            return new Result(
                    ChangeReader.TRUST,
                    null,
                    null,
                    trust.id().toString(),
                    word(written),
                    written instanceof Written.Deleted ? null : trust.tag());
        }

        private static <S> S object(Written<S> written) {
            return switch (written) {
                case Written.Created<S>(S stored) -> stored;
                case Written.Changed<S>(S stored) -> stored;
                case Written.Unchanged<S>(S stored) -> stored;
                case Written.Deleted<S>(S last) -> last;
                case Written.Not<S> _ -> throw new IllegalArgumentException("a change was refused");
            };
        }

        private static String word(Written<?> written) {
            return switch (written) {
                case Written.Created<?> _ -> "created";
                case Written.Changed<?> _ -> "changed";
                case Written.Unchanged<?> _ -> "unchanged";
                case Written.Deleted<?> _ -> "deleted";
                case Written.Not<?> _ -> throw new IllegalArgumentException("a change was refused");
            };
        }
    }

    /** The body of a bulk request, as {@code openapi.yaml} describes it; {@link ChangeReader} reads it. */
    @Schema(
            name = "PolicyChanges",
            description =
                    "Changes of policies, namespaces and attribute trust that take effect together, or not at all",
            requiredProperties = {"changes"})
    record Request(
            @Schema(description = "At most one for each object", minItems = 1, maxItems = ChangeReader.MOST)
            List<Change> changes) {}

    /** One change of a bulk request. */
    @Schema(
            name = "PolicyChange",
            description = "One change of one object",
            requiredProperties = {"action"})
    record Change(
            @Schema(
                    description = "What is changed",
                    enumeration = {ChangeReader.POLICY, ChangeReader.NAMESPACE, ChangeReader.TRUST},
                    defaultValue = ChangeReader.POLICY,
                    examples = ChangeReader.POLICY)
            @Nullable
            String kind,

            @Schema(
                    description = "put creates or replaces, patch changes fields, delete deletes",
                    enumeration = {"put", "patch", "delete"},
                    examples = "put")
            String action,

            @Schema(
                    description = "The policy's namespace, or the namespace that is changed; not for attribute trust",
                    examples = "/data/reporting")
            @Nullable
            String namespace,

            @Schema(
                    description = "The policy's name; needed for a policy",
                    pattern = "^" + PolicyKey.NAME + "$",
                    examples = "nightly-report")
            @Nullable
            String name,

            @Schema(
                    description = "The id of the attribute trust, which a put can choose; needed for attribute trust",
                    format = "uuid",
                    examples = Docs.UUID_EXAMPLE)
            @Nullable
            String id,

            @Schema(
                    description = "For put: the whole content",
                    anyOf = {PolicyContentSchema.class, NamespaceContentSchema.class, TrustView.Request.class})
            @Nullable
            Object content,

            @Schema(description = "For patch: a merge patch (RFC 7396) of the content", type = SchemaType.OBJECT)
            @Nullable
            Object patch,

            @Schema(
                    description = "Applies only if the stored version has this tag; * for any version",
                    pattern = ChangeReader.IF_MATCH,
                    examples = AdminDocs.VERSION_EXAMPLE)
            @Nullable
            String ifMatch) {}
}
