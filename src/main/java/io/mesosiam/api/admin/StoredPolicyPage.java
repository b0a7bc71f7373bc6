package io.mesosiam.api.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.api.Docs;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A page of stored policies. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "StoredPolicyPage",
        description = "A page of stored policies",
        requiredProperties = {"items"})
public record StoredPolicyPage(
        @Schema(
                description = "Policies with the selected fields, in the order of 'sort'; see StoredPolicy",
                type = SchemaType.ARRAY,
                implementation = Object.class)
        List<JsonNode> items,

        @Schema(description = Docs.NEXT) @Nullable String next) {}
