package io.mesosiam.api.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.PolicyRevision;
import io.mesosiam.admin.namespace.NamespaceRevision;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The fields in which two versions of an object differ. */
@RegisterForReflection
@Schema(
        name = "VersionDiff",
        description = "The fields in which two versions of an object differ",
        requiredProperties = {"from", "to", "changes"})
public record VersionDiffView(
        @Schema(description = "The tag of the earlier version", examples = AdminDocs.VERSION_EXAMPLE)
        String from,

        @Schema(description = "The tag of the later version", examples = AdminDocs.VERSION_EXAMPLE)
        String to,

        @Schema(description = "A change for each field that differs; empty if none does")
        List<Change> changes) {
    static VersionDiffView of(PolicyRevision from, PolicyRevision to) {
        return new VersionDiffView(
                from.tag(),
                to.tag(),
                from.content().changedFields(to.content()).stream()
                        .map(field -> Change.of(
                                field.json(),
                                from.content().shown(field),
                                to.content().shown(field)))
                        .toList());
    }

    /** The fields in which two versions of a namespace differ. */
    public static VersionDiffView of(NamespaceRevision from, NamespaceRevision to) {
        return new VersionDiffView(
                from.tag(),
                to.tag(),
                from.content().changedFields(to.content()).stream()
                        .map(field -> Change.of(
                                field.json(),
                                from.content().value(field),
                                to.content().value(field)))
                        .toList());
    }

    /** One field. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "FieldChange",
            description = "A field that differs",
            requiredProperties = {"field"})
    public record Change(
            @Schema(description = "The field's name in the content", examples = "priority")
            String field,

            @Schema(
                    description =
                            "The earlier value, of any type; absent if it was not set. Of an external id, no value is shown",
                    examples = "0")
            @Nullable
            JsonNode before,

            @Schema(
                    description =
                            "The later value, of any type; absent if it is not set. Of an external id, no value is shown",
                    examples = "10")
            @Nullable
            JsonNode after) {
        private static Change of(String field, Optional<JsonNode> before, Optional<JsonNode> after) {
            return new Change(field, before.orElse(null), after.orElse(null));
        }
    }
}
