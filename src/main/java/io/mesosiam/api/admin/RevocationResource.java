package io.mesosiam.api.admin;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.OPERATOR;

import io.mesosiam.admin.Author;
import io.mesosiam.admin.Refused;
import io.mesosiam.admin.Written;
import io.mesosiam.admin.revocation.Revocation;
import io.mesosiam.admin.revocation.Revocations;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.Problem;
import io.mesosiam.revoke.SessionDenials;
import io.mesosiam.signin.Role;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Revokes credentials. */
@Path("/api/v1/revocations")
@Produces(MediaType.APPLICATION_JSON)
@APIResponse(
        responseCode = "400",
        description = "A parameter is not valid, or unknown; 'errors' names it",
        content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
@APIResponse(
        responseCode = "404",
        description = "There is no such lease or policy",
        content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
@APIResponse(
        responseCode = "default",
        description = "An error",
        content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
@Tag(name = "revocations", description = "Taking credentials away at once")
@NonBlocking
public final class RevocationResource {
    private static final String FOR_OPERATORS = "For operator and admin of the root namespace.";

    private final Revocations revocations;
    private final SessionDenials denials;
    private final Authors authors;

    @Inject
    RevocationResource(Revocations revocations, SessionDenials denials, Authors authors) {
        this.revocations = revocations;
        this.denials = denials;
        this.authors = authors;
    }

    /** Revokes a lease, a task, a policy, an IAM role or an agent. */
    @POST
    @RolesAllowed({OPERATOR, ADMIN})
    @Consumes(MediaType.APPLICATION_JSON)
    @APIResponse(
            responseCode = "200",
            description = "A revocation of the same target stands already",
            content = @Content(schema = @Schema(implementation = RevocationView.class)))
    @APIResponse(
            responseCode = "201",
            description = "Revoked",
            content = @Content(schema = @Schema(implementation = RevocationView.class)))
    @APIResponse(
            responseCode = "409",
            description =
                    "The sessions can't be denied at AWS: other leases share them, there are too many, or the role"
                            + " for it is not configured. Nothing is revoked",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "422",
            description = AdminDocs.INVALID,
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @RequestBody(
            required = true,
            description = "What is revoked",
            content = @Content(schema = @Schema(implementation = RevocationSchema.class)))
    @Operation(
            operationId = "revoke",
            summary = "Revoke credentials",
            description = "Writes a withdrawal: connected agents stop serving the credentials at once, and none are"
                    + " issued again until the withdrawal is lifted. " + FOR_OPERATORS)
    public Uni<Response> revoke(
            @Parameter(description = AdminDocs.REASON, required = true, example = "INC-17 key found in a log")
                    @QueryParam("reason")
                    @Nullable
                    String reason,
            byte @Nullable [] body) {
        Parameters parameters = new Parameters();
        Author author = authors.author("/", reason, parameters, Role.OPERATOR);
        parameters.check();
        RevocationRequest request = RevocationRequest.read(Bodies.object(body));
        if (request.target().isEmpty()) {
            throw RefusedProblem.of(new Refused.Invalid(request.faults()), author.requestId(), "");
        }
        if (request.hard() && !denials.isConfigured()) {
            throw RefusedProblem.of(
                    new Refused.Conflict("hard revocations need mesos-iam.revoke.role-name: see docs/aws-setup.md"),
                    author.requestId(),
                    "");
        }
        return revocations
                .revoke(request.target().get(), request.hard(), author)
                .map(written -> answer(written, author));
    }

    private static Response answer(Written<Revocation> written, Author author) {
        Response.ResponseBuilder response =
                switch (written) {
                    case Written.Created<Revocation>(Revocation made) ->
                        Response.status(201).entity(RevocationView.of(made));
                    case Written.Changed<Revocation>(Revocation made) -> Response.ok(RevocationView.of(made));
                    case Written.Unchanged<Revocation>(Revocation made) -> Response.ok(RevocationView.of(made));
                    case Written.Deleted<Revocation> _ -> Response.noContent();
                    case Written.Not<Revocation> not -> throw RefusedProblem.of(not.why(), author.requestId(), "");
                };
        return response.header("X-Request-Id", author.requestId()).build();
    }
}
