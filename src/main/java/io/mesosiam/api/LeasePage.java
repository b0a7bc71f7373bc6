package io.mesosiam.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A page of leases. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(description = "A page of the leases", requiredProperties = "items")
public record LeasePage(
        @Schema(description = "Ordered by id") List<LeaseView> items,

        @Schema(description = Docs.NEXT) @Nullable String next) {}
