package io.mesosiam.api.drain;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.api.Docs;
import io.mesosiam.drain.ControllerDrain;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Whether a controller is drained. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "Drain",
        description = "Whether a controller is drained: it admits no agents, and is not ready",
        requiredProperties = "drained")
public record DrainView(
        @Schema(description = "Whether it is drained") boolean drained,

        @Schema(description = "Since when; absent if it is not", examples = Docs.TIME_EXAMPLE) @Nullable
        Instant since,

        @Schema(description = "The caller that began it", examples = "oidc:alice@example.org") @Nullable
        String by,

        @Schema(description = "Why, as that caller stated", examples = "kernel update") @Nullable
        String reason) {
    public static DrainView of(Optional<ControllerDrain.Drained> drained) {
        return new DrainView(
                drained.isPresent(),
                drained.map(ControllerDrain.Drained::since).orElse(null),
                drained.map(ControllerDrain.Drained::by).orElse(null),
                drained.map(ControllerDrain.Drained::reason).orElse(null));
    }
}
