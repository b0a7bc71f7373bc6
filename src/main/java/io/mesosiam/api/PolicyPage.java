package io.mesosiam.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A page of policies. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        description = "A page of the policies",
        requiredProperties = {"version", "items", "rejected"})
public record PolicyPage(
        @Schema(
                description = "The version of the policy table that this controller uses",
                minimum = "0",
                examples = "17")
        long version,

        @Schema(description = "Ordered by id, disabled ones included")
        List<PolicyView> items,

        @Schema(description = "All rows that can't be used, on every page")
        List<PolicyView.Rejected> rejected,

        @Schema(description = Docs.NEXT) @Nullable String next) {}
