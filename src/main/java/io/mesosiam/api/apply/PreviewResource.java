package io.mesosiam.api.apply;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.NAMESPACE_ADMIN;

import io.mesosiam.admin.Author;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.admin.AdminDocs;
import io.mesosiam.api.admin.Authors;
import io.mesosiam.api.preview.PreviewView;
import io.mesosiam.api.preview.WriteReview;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What many changes of policies, namespaces and attribute trust would do together. */
@Path("/api/v1/preview")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "policies", description = "The policies in force, and the rows that can't be used")
@NonBlocking
public final class PreviewResource {
    private final ApplyResource changes;
    private final Authors authors;
    private final WriteReview reviews;

    @Inject
    PreviewResource(ApplyResource changes, Authors authors, WriteReview reviews) {
        this.changes = changes;
        this.authors = authors;
        this.reviews = reviews;
    }

    /** Previews all changes together. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({NAMESPACE_ADMIN, ADMIN})
    @APIResponse(
            responseCode = "200",
            description = "What the changes would do",
            content = @Content(schema = @Schema(implementation = PreviewView.class)))
    @APIResponse(
            responseCode = "422",
            description = "A change would be refused; 'errors' has every fault of every change")
    @RequestBody(
            required = true,
            description = "The changes",
            content = @Content(schema = @Schema(implementation = AppliedView.Request.class)))
    @Operation(
            operationId = "previewPolicies",
            summary = "Preview many changes of policies, namespaces and attribute trust together",
            description = "Which running tasks would gain, lose or change credentials, which leases would end, and what"
                    + " reaches the IAM roles of the changed policies. Nothing is stored; the rows stay locked for the time of"
                    + " the preview. " + AdminDocs.FOR_WRITERS)
    public Uni<Response> preview(byte @Nullable [] body) {
        Author author = authors.previewing();
        return changes.reviewed(body, author, reviews.previewOnly(), new Parameters());
    }
}
