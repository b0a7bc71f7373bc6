package io.mesosiam.api.namespace;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesosiam.admin.namespace.StoredNamespace;
import io.mesosiam.api.Docs;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A namespace as it is stored. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "StoredNamespace",
        description = "A namespace as it is stored",
        requiredProperties = {"namespaceId", "path", "version", "content", "createdAt", "updatedAt"})
public record StoredNamespaceView(
        @Schema(description = NamespaceDocs.NAMESPACE_ID, format = "uuid", examples = Docs.UUID_EXAMPLE)
        String namespaceId,

        @Schema(description = NamespaceDocs.PATH, examples = NamespaceDocs.PATH_EXAMPLE)
        String path,

        @Schema(description = "The path one step up; absent for the root", examples = "/data") @Nullable
        String parent,

        @Schema(description = "1 for a new namespace, one more with each change", minimum = "1", examples = "3")
        long version,

        @Schema(description = "What operators set", implementation = NamespaceContentSchema.class)
        JsonNode content,

        @Schema(description = "When it was created", format = "date-time", examples = Docs.TIME_EXAMPLE)
        String createdAt,

        @Schema(description = "The database user that created it; absent for an old row", examples = "mesos_iam_admin")
        @Nullable
        String createdBy,

        @Schema(description = "When it was last changed", format = "date-time", examples = Docs.TIME_EXAMPLE)
        String updatedAt,

        @Schema(
                description =
                        "The database user that last changed it; absent for an old row. The history names callers",
                examples = "mesos_iam_admin")
        @Nullable
        String updatedBy) {
    static StoredNamespaceView of(StoredNamespace namespace) {
        return new StoredNamespaceView(
                namespace.id().toString(),
                namespace.path(),
                namespace.parent().orElse(null),
                namespace.version(),
                namespace.content().document(),
                namespace.createdAt().toString(),
                namespace.createdBy().orElse(null),
                namespace.updatedAt().toString(),
                namespace.updatedBy().orElse(null));
    }

    /** The same as a JSON object, for a selection of its fields. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("namespaceId", namespaceId).put("path", path);
        if (parent != null) {
            json.put("parent", parent);
        }
        json.put("version", version).set("content", content);
        json.put("createdAt", createdAt);
        if (createdBy != null) {
            json.put("createdBy", createdBy);
        }
        json.put("updatedAt", updatedAt);
        if (updatedBy != null) {
            json.put("updatedBy", updatedBy);
        }
        return json;
    }

    /** A page of namespaces. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "StoredNamespacePage",
            description = "A page of stored namespaces",
            requiredProperties = {"items"})
    public record Page(
            @Schema(
                    description = "Namespaces with the selected fields, in the order of 'sort'; see StoredNamespace",
                    type = SchemaType.ARRAY,
                    implementation = Object.class)
            List<JsonNode> items,

            @Schema(description = Docs.NEXT) @Nullable String next) {}
}
