package io.mesosiam.api.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.api.Docs;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A page of tasks. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "TaskPage",
        description = "A page of the running tasks",
        requiredProperties = {"controller", "items"})
public record TaskPage(
        @Schema(description = Docs.CONTROLLER, examples = Docs.CONTROLLER_EXAMPLE)
        String controller,

        @Schema(
                description = "Tasks with the selected fields, in the order of 'sort'; see RunningTask",
                type = SchemaType.ARRAY,
                implementation = Object.class)
        List<Object> items,

        @Schema(description = Docs.NEXT) @Nullable String next) {}
