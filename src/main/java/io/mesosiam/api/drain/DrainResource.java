package io.mesosiam.api.drain;

import io.mesosiam.admin.Author;
import io.mesosiam.api.AnsweringController;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.api.admin.Authors;
import io.mesosiam.api.admin.Reason;
import io.mesosiam.drain.ControllerDrain;
import io.mesosiam.signin.Role;
import io.mesosiam.signin.RoleGrant;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Drains the controller that answers before its maintenance. */
@Path("/api/v1/controllers/{controllerId}/drain")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "status", description = "What is in effect")
@RunOnVirtualThread
public final class DrainResource {
    private static final String ID = "The id of the controller that answers, as /api/v1/status states it";
    private static final String AWAY = "The database doesn't answer: nothing has changed";

    private final ControllerDrain drain;
    private final Authors authors;
    private final String controllerId;

    @Inject
    DrainResource(ControllerDrain drain, Authors authors, AnsweringController answering) {
        this.drain = drain;
        this.authors = authors;
        this.controllerId = answering.id();
    }

    /** Begins a drain. */
    @POST
    @RolesAllowed({Role.Names.OPERATOR, Role.Names.ADMIN})
    @APIResponseSchema(
            value = DrainView.class,
            responseCode = "200",
            responseDescription = "The controller is drained, also if it was before")
    @APIResponse(
            responseCode = "409",
            description =
                    "not-this-controller: another controller answers. no-other-controller: no other one admits agents")
    @APIResponse(responseCode = "503", description = AWAY)
    @Operation(
            operationId = "drainController",
            summary = "Drains the controller that answers, before its maintenance",
            description =
                    "Its agents connect to other controllers, with their leases and sessions; it admits none, and its"
                            + " readiness is down. The API goes on. A restart ends the drain, and so does DELETE. The caller needs the role"
                            + " in /.")
    public Response begin(
            @Parameter(
                            description = ID,
                            example = "controller-1",
                            schema = @Schema(type = SchemaType.STRING, minLength = 1, maxLength = Parameters.MAX_TEXT))
                    @PathParam("controllerId")
                    String controllerId,
            @Parameter(
                            description =
                                    "true: also if no other controller admits agents. Agents then serve what they have"
                                            + " until it expires, and new tasks get nothing",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {"true", "false"}))
                    @QueryParam("confirm")
                    @Nullable
                    String confirm,
            @BeanParam Reason reason) {
        Parameters parameters = new Parameters();
        boolean alone = parameters
                .word("confirm", confirm, List.of("true", "false"))
                .filter("true"::equals)
                .isPresent();
        ControllerDrain.Request request = request(controllerId, reason, parameters);
        return switch (drain.begin(request, alone)) {
            case DRAINED -> answer(request);
            case NO_OTHER ->
                throw new ProblemException(
                        ProblemCode.NO_OTHER_CONTROLLER,
                        "no other controller that admits agents is known to the database, so no host would get anything new;"
                                + " with confirm=true it is drained all the same");
            case UNKNOWN -> throw new ProblemException(ProblemCode.UNAVAILABLE, AWAY);
        };
    }

    /** Ends the drain. */
    @DELETE
    @RolesAllowed({Role.Names.OPERATOR, Role.Names.ADMIN})
    @APIResponseSchema(
            value = DrainView.class,
            responseCode = "200",
            responseDescription = "The controller is not drained, also if it was not before")
    @APIResponse(responseCode = "409", description = "not-this-controller: another controller answers")
    @APIResponse(responseCode = "503", description = AWAY)
    @Operation(
            operationId = "endDrain",
            summary = "Ends the drain of the controller that answers",
            description = "It admits agents again. Those that are connected to another controller stay there until they"
                    + " connect anew. The caller needs the role in /.")
    public Response end(
            @Parameter(
                            description = ID,
                            example = "controller-1",
                            schema = @Schema(type = SchemaType.STRING, minLength = 1, maxLength = Parameters.MAX_TEXT))
                    @PathParam("controllerId")
                    String controllerId,
            @BeanParam Reason reason) {
        ControllerDrain.Request request = request(controllerId, reason, new Parameters());
        if (!drain.end(request)) {
            throw new ProblemException(ProblemCode.UNAVAILABLE, AWAY);
        }
        return answer(request);
    }

    private Response answer(ControllerDrain.Request request) {
        return Response.ok(DrainView.of(drain.current()))
                .header("X-Request-Id", request.requestId())
                .build();
    }

    private ControllerDrain.Request request(String named, Reason reason, Parameters parameters) {
        Author author = authors.author(RoleGrant.EVERYWHERE, reason.reason, parameters, Role.OPERATOR);
        parameters.check();
        if (!named.equals(controllerId)) {
            throw new ProblemException(
                    ProblemCode.NOT_THIS_CONTROLLER,
                    "controller " + controllerId
                            + " answers, and it drains itself alone: send the request to the other one");
        }
        return new ControllerDrain.Request(
                controllerId, author.caller(), author.signIn(), author.address(), author.reason(), author.requestId());
    }
}
