package io.mesosiam.api.list;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.api.Docs;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A page of leases. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        description = "A page of the leases",
        requiredProperties = {"controller", "items"})
public record LeasePage(
        @Schema(description = Docs.CONTROLLER, examples = Docs.CONTROLLER_EXAMPLE)
        String controller,

        @Schema(
                description = "Leases with the selected fields, in the order of 'sort'; see Lease",
                type = SchemaType.ARRAY,
                implementation = Object.class)
        List<Object> items,

        @Schema(
                description = "Why leases are missing; absent if none is",
                examples = "the database doesn't answer: leases on hosts of other controllers are missing")
        @Nullable
        String incomplete,

        @Schema(description = Docs.NEXT) @Nullable String next) {}
