package io.mesosiam.api.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.PolicyContent;
import io.mesosiam.admin.PolicyField;
import io.mesosiam.admin.PolicyRevision;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The fields in which two versions of a policy differ. */
@RegisterForReflection
@Schema(
        name = "PolicyDiff",
        description = "The fields in which two versions of a policy differ",
        requiredProperties = {"from", "to", "changes"})
public record PolicyDiffView(
        @Schema(description = "The tag of the earlier version", examples = AdminDocs.VERSION_EXAMPLE)
        String from,

        @Schema(description = "The tag of the later version", examples = AdminDocs.VERSION_EXAMPLE)
        String to,

        @Schema(description = "A change for each field that differs; empty if none does")
        List<Change> changes) {
    static PolicyDiffView of(PolicyRevision from, PolicyRevision to) {
        return new PolicyDiffView(
                from.tag(),
                to.tag(),
                from.content().changedFields(to.content()).stream()
                        .map(field -> Change.of(field, from.content(), to.content()))
                        .toList());
    }

    /** One field. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "PolicyFieldChange",
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
        private static Change of(PolicyField field, PolicyContent from, PolicyContent to) {
            return new Change(
                    field.json(),
                    from.shown(field).orElse(null),
                    to.shown(field).orElse(null));
        }
    }
}
