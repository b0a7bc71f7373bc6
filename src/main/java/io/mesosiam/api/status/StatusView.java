package io.mesosiam.api.status;

import io.mesosiam.api.drain.DrainView;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The state of a controller. */
@Schema(
        name = "Status",
        description = "The state of a controller",
        requiredProperties = {"controllerId", "drain", "policies"})
record StatusView(
        @Schema(description = "The controller that answers", examples = "controller-1")
        String controllerId,

        @Schema(description = "Whether an operator has drained it")
        DrainView drain,

        @Schema(description = "The newest version of the policies that it has read")
        PolicyVersionView policies) {}
