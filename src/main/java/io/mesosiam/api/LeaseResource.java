package io.mesosiam.api;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.Reconciler;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.Comparator;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The leases that this controller keeps, live and lately reaped. */
@Path("/api/v1/leases")
@Produces(MediaType.APPLICATION_JSON)
@APIResponse(
        responseCode = "default",
        description = "What is wrong",
        content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
@Tag(name = "leases")
@RunOnVirtualThread
public final class LeaseResource {
    private final Reconciler reconciler;

    @Inject
    LeaseResource(Reconciler reconciler) {
        this.reconciler = reconciler;
    }

    /** The leases by id, a page at a time. */
    @GET
    @APIResponseSchema(value = LeasePage.class, responseCode = "200", responseDescription = "Part of the leases")
    @Operation(operationId = "listLeases", summary = "The leases that this controller keeps, by id")
    public LeasePage list(
            @Parameter(description = "Only those of this framework's id") @QueryParam("framework") @Nullable
                    String framework,
            @Parameter(description = "Only those of tasks with this id") @QueryParam("task") @Nullable String task,
            @Parameter(description = "Only those in this state") @QueryParam("state") @Nullable String state,
            @Parameter(
                            description = "How many at most",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = "1000",
                                            defaultValue = "100"))
                    @DefaultValue("100")
                    @QueryParam("limit")
                    String limit,
            @Parameter(description = "The 'next' of the page before") @QueryParam("cursor") @Nullable String cursor) {
        PageRequest page = PageRequest.of(limit, cursor);
        List<Lease> sorted = reconciler.leases().stream()
                .filter(lease -> framework == null
                        || lease.launch().key().framework().value().equals(framework))
                .filter(lease ->
                        task == null || lease.launch().key().task().value().equals(task))
                .filter(lease -> state == null || lease.state().word().equals(state))
                .sorted(Comparator.comparing(LeaseResource::key))
                .toList();
        PageRequest.Cut<Lease> cut = page.cut(sorted, LeaseResource::key);
        return new LeasePage(cut.items().stream().map(LeaseView::of).toList(), cut.next());
    }

    private static String key(Lease lease) {
        return lease.id().toString();
    }
}
