package io.mesosiam.api.grant;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.AUDITOR;
import static io.mesosiam.signin.Role.Names.NAMESPACE_ADMIN;
import static io.mesosiam.signin.Role.Names.OPERATOR;
import static io.mesosiam.signin.Role.Names.SPAWNER;
import static io.mesosiam.signin.Role.Names.VIEWER;

import io.mesosiam.admin.Author;
import io.mesosiam.admin.Written;
import io.mesosiam.admin.grant.LaunchGrants;
import io.mesosiam.admin.grant.StoredGrant;
import io.mesosiam.api.Docs;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.api.admin.Authors;
import io.mesosiam.api.admin.Reason;
import io.mesosiam.api.admin.RefusedProblem;
import io.mesosiam.api.namespace.NamespacePath;
import io.mesosiam.api.preview.GrantReview;
import io.mesosiam.api.preview.PreviewView;
import io.mesosiam.api.preview.WriteOptions;
import io.mesosiam.signin.Role;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** One launch grant: read, and ended. */
@Path("/api/v1/namespaces/{namespace}/grants/{id}")
@Produces(MediaType.APPLICATION_JSON)
@APIResponse(responseCode = "404", description = "The namespace has no grant with this id")
@Tag(name = GrantDocs.TAG, description = GrantDocs.TAG_DESCRIPTION)
@NonBlocking
public final class GrantResource {
    private final LaunchGrants grants;
    private final Authors authors;
    private final GrantReview reviews;

    @Inject
    GrantResource(LaunchGrants grants, Authors authors, GrantReview reviews) {
        this.grants = grants;
        this.authors = authors;
        this.reviews = reviews;
    }

    /** The grant. */
    @GET
    @RolesAllowed({VIEWER, OPERATOR, NAMESPACE_ADMIN, SPAWNER, ADMIN, AUDITOR})
    @APIResponseSchema(value = GrantView.class, responseCode = "200", responseDescription = "The grant")
    @Operation(
            operationId = "getLaunchGrant",
            summary = "A launch grant",
            description = "Ended grants too, as long as they are kept. " + GrantDocs.FOR_READERS)
    public Uni<GrantView> get(
            @BeanParam NamespacePath namespace,
            @Parameter(
                            description = GrantDocs.ID,
                            example = Docs.UUID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
                    @PathParam("id")
                    String id) {
        Parameters parameters = new Parameters();
        String path = namespace.of(parameters);
        UUID known = id(id, parameters);
        parameters.check();
        authors.require(path, GrantDocs.readers());
        return grants.find(path, known).map(found -> found.map(GrantView::of)
                .orElseThrow(() ->
                        new ProblemException(ProblemCode.NOT_FOUND, "namespace " + path + " has no grant " + known)));
    }

    /** Ends the grant. */
    @DELETE
    @RolesAllowed({OPERATOR, NAMESPACE_ADMIN, SPAWNER, ADMIN})
    @APIResponse(
            responseCode = "200",
            description = "It has ended, now or before; for a dry run, what it would do",
            content = @Content(schema = @Schema(oneOf = {GrantView.class, PreviewView.class})))
    @Operation(
            operationId = "endLaunchGrant",
            summary = "End a launch grant",
            description =
                    "Its lease ends at once on a connected host; keys that the task has copied live until they expire."
                            + " Idempotent: a grant that has ended stays as it is. 'confirm' is never needed, because one launch has"
                            + " one lease of it. For spawner, namespace-admin, operator and admin of the namespace.")
    public Uni<Response> end(
            @BeanParam NamespacePath namespace,
            @Parameter(
                            description = GrantDocs.ID,
                            example = Docs.UUID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
                    @PathParam("id")
                    String id,
            @BeanParam Reason reason,
            @BeanParam WriteOptions options) {
        Parameters parameters = new Parameters();
        String path = namespace.of(parameters);
        UUID known = id(id, parameters);
        Author author =
                authors.author(path, reason.reason, parameters, Role.SPAWNER, Role.NAMESPACE_ADMIN, Role.OPERATOR);
        boolean dry = options.dry(parameters);
        var _ = options.confirmed(parameters);
        parameters.check();
        return grants.end(path, known, author, dry)
                .chain(written -> switch (written) {
                    case Written.Changed<StoredGrant>(StoredGrant grant) -> answer(grant, dry);
                    case Written.Unchanged<StoredGrant>(StoredGrant grant) -> answer(grant, dry);
                    case Written.Not<StoredGrant> not -> throw RefusedProblem.of(not.why(), "");
                    case Written.Created<StoredGrant> _, Written.Deleted<StoredGrant> _ ->
                        throw new IllegalStateException("a grant is ended, or not");
                })
                .map(answer -> answer.header("X-Request-Id", author.requestId()).build());
    }

    private Uni<Response.ResponseBuilder> answer(StoredGrant grant, boolean dry) {
        return dry ? reviews.ended(grant).map(Response::ok) : Uni.createFrom().item(Response.ok(GrantView.of(grant)));
    }

    private static UUID id(String id, Parameters parameters) {
        return parameters.id("id", id).orElse(new UUID(0, 0));
    }
}
