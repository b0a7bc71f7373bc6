package io.mesosiam.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Part of the policies. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        description = "Part of the policies",
        requiredProperties = {"version", "items", "rejected"})
public record PolicyPage(
        @Schema(
                description = "The version of the policy table that this controller decides by",
                minimum = "0",
                examples = "17")
        long version,

        @Schema(description = "By id; disabled ones too") List<PolicyView> items,

        @Schema(description = "All rows that can't be used, whatever the page")
        List<PolicyView.Rejected> rejected,

        @Schema(description = Docs.NEXT) @Nullable String next) {}
