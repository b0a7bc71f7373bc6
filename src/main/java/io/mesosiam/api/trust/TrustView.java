package io.mesosiam.api.trust;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.trust.StoredTrust;
import io.mesosiam.api.Docs;
import io.mesosiam.api.Forms;
import io.mesosiam.api.Parameters;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An attribute that a framework enforces. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "AttributeTrust",
        description =
                "An attribute that a framework does not let its users choose: selectors of it are not self-asserted",
        requiredProperties = {"id", "version", "frameworkPrincipal", "attribute", "madeBy", "createdAt"})
public record TrustView(
        @Schema(description = "Its id", format = "uuid", examples = Docs.UUID_EXAMPLE)
        String id,

        @Schema(
                description =
                        "Grows with each change; no other version of an attribute trust has it, not even of a deleted one. The ETag is the id and the version",
                minimum = "1",
                examples = "3")
        long version,

        @Schema(description = "The principal that the framework authenticates as", examples = "svc-marathon")
        String frameworkPrincipal,

        @Schema(
                description = "The attribute, by the name of its selector",
                enumeration = {
                    "framework_name",
                    "mesos_role",
                    "task_name",
                    "task_user",
                    "image",
                    "label",
                    "agent_attribute"
                },
                examples = "label")
        String attribute,

        @Schema(description = "Which label or attribute; absent for all", examples = "team") @Nullable
        String key,

        @Schema(description = "How the framework enforces it", examples = "Set by the deploy pipeline") @Nullable
        String description,

        @Schema(
                description = "The caller that wrote it last; the database user for a change by SQL",
                examples = "token:ci")
        String madeBy,

        @Schema(description = "When it was created", format = "date-time", examples = Docs.TIME_EXAMPLE)
        String createdAt) {
    static TrustView of(StoredTrust trust) {
        return new TrustView(
                trust.id().toString(),
                trust.version(),
                trust.frameworkPrincipal(),
                trust.attribute(),
                trust.key().orElse(null),
                trust.description().orElse(null),
                trust.madeBy(),
                trust.createdAt().toString());
    }

    /** A page. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "AttributeTrustPage",
            description = "A page of attribute trust",
            requiredProperties = {"items"})
    public record Page(
            @Schema(
                    description = "Items with the selected fields, in the order of 'sort'; see AttributeTrust",
                    type = SchemaType.ARRAY,
                    implementation = Object.class)
            List<JsonNode> items,

            @Schema(description = Docs.NEXT) @Nullable String next) {}

    /** The body of a request that creates one, as {@code openapi.yaml} describes it. */
    @Schema(
            name = "NewAttributeTrust",
            description = "An attribute that a framework enforces",
            requiredProperties = {"frameworkPrincipal", "attribute"})
    public record Request(
            @Schema(
                    description = "The principal that the framework authenticates as",
                    maxLength = Parameters.MAX_TEXT,
                    pattern = Forms.MESOS_ID,
                    examples = "svc-marathon")
            String frameworkPrincipal,

            @Schema(
                    description = "The attribute, by the name of its selector",
                    enumeration = {
                        "framework_name",
                        "mesos_role",
                        "task_name",
                        "task_user",
                        "image",
                        "label",
                        "agent_attribute"
                    },
                    examples = "label")
            String attribute,

            @Schema(
                    description = "For label and agent_attribute: which. Default: all of them",
                    maxLength = Parameters.MAX_TEXT,
                    pattern = Forms.MESOS_ID,
                    examples = "team")
            @Nullable
            String key,

            @Schema(
                    description = "How the framework enforces it",
                    maxLength = 4096,
                    pattern = Forms.STORABLE,
                    examples = "Set by the deploy pipeline")
            @Nullable
            String description) {}
}
