package io.mesosiam.api;

import io.mesosiam.api.sight.Sight;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.policy.store.PolicyTable;
import io.mesosiam.signin.Callers;
import io.mesosiam.signin.Role;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The leases of this controller, live and recently reaped. */
@Path("/api/v1/leases")
@Produces(MediaType.APPLICATION_JSON)
@APIResponse(
        responseCode = "400",
        description = "A parameter is not valid, or unknown; 'errors' names it",
        content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
@APIResponse(
        responseCode = "default",
        description = "An error",
        content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
@Tag(name = "leases", description = "The leases that this controller keeps")
@RunOnVirtualThread
public final class LeaseResource {
    private final Reconciler reconciler;
    private final PolicyTable policies;
    private final Callers callers;

    @Inject
    LeaseResource(Reconciler reconciler, PolicyTable policies, Callers callers) {
        this.reconciler = reconciler;
        this.policies = policies;
        this.callers = callers;
    }

    /** The leases by id, a page at a time. */
    @GET
    @RolesAllowed({
        Role.Names.VIEWER,
        Role.Names.OPERATOR,
        Role.Names.NAMESPACE_ADMIN,
        Role.Names.SPAWNER,
        Role.Names.ADMIN,
        Role.Names.AUDITOR
    })
    @APIResponseSchema(value = LeasePage.class, responseCode = "200", responseDescription = "A page of the leases")
    @Operation(
            operationId = "listLeases",
            summary = "The leases that this controller keeps, by id",
            description = "Live leases, and those that ended recently. The database table lease has the leases of all"
                    + " controllers. A caller sees those that policies of the namespaces of its roles, or of"
                    + " namespaces below, have given.")
    public LeasePage list(
            @Parameter(
                            description = "Only leases of the framework with this id",
                            example = Docs.FRAMEWORK_ID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, minLength = 1, maxLength = Parameters.MAX_TEXT))
                    @QueryParam("framework")
                    @Nullable
                    String framework,
            @Parameter(
                            description = "Only leases of tasks with this id",
                            example = Docs.TASK_ID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, minLength = 1, maxLength = Parameters.MAX_TEXT))
                    @QueryParam("task")
                    @Nullable
                    String task,
            @Parameter(
                            description = "Only leases in this state",
                            example = "active",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {"pending", "active", "renewing", "failed", "reaped"}))
                    @QueryParam("state")
                    @Nullable
                    String state,
            @Parameter(
                            description = Docs.LIMIT,
                            example = "100",
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            minimum = "1",
                                            maximum = "1000",
                                            defaultValue = "100"))
                    @DefaultValue("100")
                    @QueryParam("limit")
                    String limit,
            @Parameter(
                            description = Docs.CURSOR,
                            example = Docs.UUID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
                    @QueryParam("cursor")
                    @Nullable
                    String cursor) {
        Sight sight = Sight.of(callers.current(), policies.current());
        Parameters parameters = new Parameters();
        Optional<String> ofFramework = parameters.text("framework", framework);
        Optional<String> ofTask = parameters.text("task", task);
        Optional<String> inState = parameters.word("state", state, LeaseView.STATES);
        PageRequest page = PageRequest.of(limit, cursor, parameters);
        Stream<Lease> matching = reconciler.overview().leases().stream()
                .filter(sight::sees)
                .filter(lease -> ofFramework
                        .map(lease.launch().key().framework().value()::equals)
                        .orElse(true))
                .filter(lease ->
                        ofTask.map(lease.launch().key().task().value()::equals).orElse(true))
                .filter(lease -> inState.map(lease.state().text()::equals).orElse(true));
        PageRequest.Cut<Lease> cut =
                page.cut(page.select(matching, lease -> lease.id().value()), LeaseResource::id);
        return new LeasePage(
                cut.items().stream()
                        .map(lease -> LeaseView.of(lease, sight::sentence))
                        .toList(),
                cut.next());
    }

    private static String id(Lease lease) {
        return lease.id().toString();
    }
}
