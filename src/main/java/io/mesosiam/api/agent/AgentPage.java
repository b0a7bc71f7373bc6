package io.mesosiam.api.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.api.Docs;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A page of agents. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "AgentPage",
        description = "A page of the agents",
        requiredProperties = {"controller", "items"})
public record AgentPage(
        @Schema(description = Docs.CONTROLLER, examples = Docs.CONTROLLER_EXAMPLE)
        String controller,

        @Schema(
                description = "Agents with the selected fields, in the order of 'sort'; see Agent",
                type = SchemaType.ARRAY,
                implementation = Object.class)
        List<Object> items,

        @Schema(description = Docs.NEXT) @Nullable String next) {}
