package io.mesosiam.api.status;

import io.mesosiam.api.Docs;
import io.mesosiam.fleet.Fleet;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The state of all controllers. */
@Schema(
        name = "Status",
        description = "The state of the controllers of a cluster",
        requiredProperties = {"controller", "complete", "controllers", "policies"})
record StatusView(
        @Schema(description = "The id of the controller that answers", examples = Docs.CONTROLLER_EXAMPLE)
        String controller,

        @Schema(description = COMPLETE) boolean complete,

        @Schema(
                description =
                        "The controllers that run, and those that ended or lost the database in the last 15 seconds, or earlier"
                                + " if hosts are still recorded as connected to them; by id",
                maxItems = MAX_CONTROLLERS)
        List<ControllerView> controllers,

        @Schema(description = "The newest version of the policies that one of them has read")
        PolicyVersionView policies) {
    static final int MAX_CONTROLLERS = 101;
    static final String COMPLETE =
            "Whether the database has said which controllers run. If not, it can't be read, and others may be missing";

    static StatusView of(String controller, Fleet.Members members, boolean withHosts) {
        long newest = members.all().stream()
                .flatMap(member -> member.stated().stream())
                .mapToLong(stated -> stated.effect().read())
                .max()
                .orElse(0);
        return new StatusView(
                controller,
                members.complete(),
                members.all().stream().map(ControllerView::of).toList(),
                PolicyVersionView.of(controller, newest, members, withHosts));
    }
}
