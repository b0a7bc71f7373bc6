package io.mesosiam.api.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.fleet.Fleet;
import io.mesosiam.fleet.StatedController;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A controller of the cluster. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "Controller",
        description = "A controller of the cluster; either 'state' or 'unknown' is there",
        requiredProperties = {"controllerId", "ageSeconds"})
record ControllerView(
        @Schema(description = "Its id", examples = "controller-1")
        String controllerId,

        @Schema(
                description = "How long ago it stated this; 0 for the controller that answers",
                minimum = "0",
                examples = "2")
        long ageSeconds,

        @Schema(description = "What it said of itself") @Nullable
        ControllerStateView state,

        @Schema(description = "Why its state is not known", examples = "it states nothing: it is of an earlier version")
        @Nullable
        String unknown) {
    static ControllerView of(Fleet.Member member) {
        return new ControllerView(
                member.controllerId(),
                member.age().toSeconds(),
                member.stated()
                        .map(StatedController::state)
                        .map(ControllerStateView::of)
                        .orElse(null),
                member.stated().isPresent() ? null : member.unknown());
    }
}
