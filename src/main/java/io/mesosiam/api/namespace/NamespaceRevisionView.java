package io.mesosiam.api.namespace;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.namespace.NamespaceRevision;
import io.mesosiam.api.Docs;
import io.mesosiam.api.admin.AdminDocs;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** One version of a namespace, with who made it and why. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "NamespaceRevision",
        description = "One version of a namespace, with the change that made it",
        requiredProperties = {"tag", "namespaceId", "version", "operation", "content", "changedAt", "databaseUser"})
public record NamespaceRevisionView(
        @Schema(
                description = "Identifies the version: its ETag without the quotation marks",
                examples = AdminDocs.VERSION_EXAMPLE)
        String tag,

        @Schema(description = NamespaceDocs.NAMESPACE_ID, format = "uuid", examples = Docs.UUID_EXAMPLE)
        String namespaceId,

        @Schema(description = "1 for a new namespace, one more with each change", minimum = "1", examples = "3")
        long version,

        @Schema(
                description = "The change that made the version. existing: the namespace is from before the history",
                enumeration = {"existing", "insert", "update", "delete"},
                examples = "update")
        String operation,

        @Schema(
                description = "The content after the change; of a deletion, what was deleted",
                implementation = NamespaceContentSchema.class)
        JsonNode content,

        @Schema(description = "When it was changed", format = "date-time", examples = Docs.TIME_EXAMPLE)
        String changedAt,

        @Schema(description = "The database user that made the change", examples = "mesos_iam_operator")
        String databaseUser,

        @Schema(
                description = "The signed-in caller of the API; absent for a change by SQL",
                examples = "oidc:alice@example.org")
        @Nullable
        String caller,

        @Schema(description = "Why, as the caller stated it", examples = AdminDocs.REASON_EXAMPLE) @Nullable
        String reason,

        @Schema(description = "The request, as in the controller's log", examples = Docs.UUID_EXAMPLE) @Nullable
        String requestId) {
    static NamespaceRevisionView of(NamespaceRevision revision) {
        return new NamespaceRevisionView(
                revision.tag(),
                revision.namespaceId().toString(),
                revision.version(),
                revision.operation(),
                revision.content().document(),
                revision.changedAt().toString(),
                revision.databaseUser(),
                revision.caller().orElse(null),
                revision.reason().orElse(null),
                revision.requestId().orElse(null));
    }

    /** A page of versions. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "NamespaceHistory",
            description = "A page of the versions of a namespace",
            requiredProperties = {"items"})
    public record Page(
            @Schema(description = "The newest first") List<NamespaceRevisionView> items,
            @Schema(description = Docs.NEXT) @Nullable String next) {}
}
