package io.mesosiam.api.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesosiam.admin.StoredPolicy;
import io.mesosiam.api.Docs;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A policy as it is stored. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "StoredPolicy",
        description = "A policy as it is stored",
        requiredProperties = {"policyId", "namespace", "name", "version", "content", "createdAt", "updatedAt"})
public record StoredPolicyView(
        @Schema(description = Docs.POLICY_ID, format = "uuid", examples = Docs.UUID_EXAMPLE)
        String policyId,

        @Schema(description = "The namespace that the policy belongs to", examples = "/data/reporting")
        String namespace,

        @Schema(description = "Unique in its namespace", examples = "nightly-report")
        String name,

        @Schema(description = "1 for a new policy, one more with each change", minimum = "1", examples = "3")
        long version,

        @Schema(description = "What operators set", implementation = PolicyContentSchema.class)
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
    static StoredPolicyView of(StoredPolicy policy) {
        return new StoredPolicyView(
                policy.id().toString(),
                policy.key().namespace(),
                policy.key().name(),
                policy.version(),
                policy.content().document(),
                policy.createdAt().toString(),
                policy.createdBy().orElse(null),
                policy.updatedAt().toString(),
                policy.updatedBy().orElse(null));
    }

    /** The same as a JSON object, for a selection of its fields. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("policyId", policyId)
                .put("namespace", namespace)
                .put("name", name)
                .put("version", version);
        json.set("content", content);
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
}
