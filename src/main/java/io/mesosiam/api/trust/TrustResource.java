package io.mesosiam.api.trust;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.AUDITOR;
import static io.mesosiam.signin.Role.Names.NAMESPACE_ADMIN;
import static io.mesosiam.signin.Role.Names.OPERATOR;
import static io.mesosiam.signin.Role.Names.VIEWER;

import io.mesosiam.admin.Change;
import io.mesosiam.admin.change.Changes;
import io.mesosiam.admin.trust.StoredTrust;
import io.mesosiam.admin.trust.TrustContent;
import io.mesosiam.admin.trust.Trusts;
import io.mesosiam.api.Docs;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.api.admin.AdminDocs;
import io.mesosiam.api.admin.Authors;
import io.mesosiam.api.admin.Bodies;
import io.mesosiam.api.admin.ObjectWrites;
import io.mesosiam.api.admin.WriteReason;
import io.mesosiam.api.admin.WrittenObject;
import io.mesosiam.api.preview.PreviewView;
import io.mesosiam.api.preview.WriteOptions;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** One attribute that a framework enforces. */
@Path("/api/v1/attribute-trust/{id}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "attribute trust", description = "Which attributes frameworks don't let their users choose")
@NonBlocking
public final class TrustResource {
    private static final String MERGE_PATCH = "application/merge-patch+json";

    static final WrittenObject<UUID, TrustContent, StoredTrust> WRITTEN =
            new WrittenObject<>(Changes::writeTrust, StoredTrust::tag, TrustView::of);

    private final Trusts trusts;
    private final Authors authors;
    private final ObjectWrites writes;

    @Inject
    TrustResource(Trusts trusts, Authors authors, ObjectWrites writes) {
        this.trusts = trusts;
        this.authors = authors;
        this.writes = writes;
    }

    /** One of them. */
    @GET
    @RolesAllowed({VIEWER, OPERATOR, NAMESPACE_ADMIN, ADMIN, AUDITOR})
    @APIResponse(
            responseCode = "200",
            description = "It",
            headers = @Header(name = "ETag", description = AdminDocs.ETAG, schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(implementation = TrustView.class)))
    @APIResponse(responseCode = "404", description = "There is none with this id")
    @Operation(
            operationId = "getAttributeTrust",
            summary = "An attribute that a framework enforces",
            description = "For viewer, operator, namespace-admin, admin and auditor of the root namespace.")
    public Uni<Response> get(
            @Parameter(
                            description = "Its id",
                            example = Docs.UUID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
                    @PathParam("id")
                    String id) {
        Parameters parameters = new Parameters();
        UUID known = id(id, parameters);
        parameters.check();
        authors.require("/", AdminDocs.readers());
        return trusts.find(known)
                .map(found -> found.map(trust -> WRITTEN.of(200, trust).build())
                        .orElseThrow(() -> new ProblemException(
                                ProblemCode.NOT_FOUND, "there is no attribute trust with the id " + known)));
    }

    /** Creates or replaces one. */
    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({ADMIN})
    @APIResponse(
            responseCode = "200",
            description = "It is as requested",
            headers = @Header(name = "ETag", description = AdminDocs.ETAG, schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(oneOf = {TrustView.class, PreviewView.class})))
    @APIResponse(
            responseCode = "201",
            description = "It is created",
            headers = @Header(name = "ETag", description = AdminDocs.ETAG, schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(implementation = TrustView.class)))
    @APIResponse(responseCode = "409", description = "The same exists already")
    @APIResponse(responseCode = "412", description = AdminDocs.PRECONDITION_FAILED)
    @APIResponse(responseCode = "422", description = AdminDocs.INVALID)
    @RequestBody(
            required = true,
            description = "The whole content",
            content = @Content(schema = @Schema(implementation = TrustView.Request.class)))
    @Operation(
            operationId = "putAttributeTrust",
            summary = "Create or replace the trust in an attribute of a framework",
            description =
                    "Idempotent: a request that changes nothing makes no new version. For admin of the root namespace.")
    public Uni<Response> put(
            @Parameter(
                            description = "Its id",
                            example = Docs.UUID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
                    @PathParam("id")
                    String id,
            @BeanParam WriteReason reason,
            @BeanParam WriteOptions options,
            @Parameter(
                            description = AdminDocs.IF_NONE_MATCH,
                            schema = @Schema(type = SchemaType.STRING, enumeration = "*"))
                    @HeaderParam(HttpHeaders.IF_NONE_MATCH)
                    @Nullable
                    String ifNoneMatch,
            byte @Nullable [] body) {
        Parameters parameters = new Parameters();
        UUID known = id(id, parameters);
        WriteReason.Stated write = reason.stated(ifNoneMatch, parameters, why -> authors.author("/", why, parameters));
        return writes.answer(
                WRITTEN,
                new Change.Put<>(known, Bodies.object(body), write.precondition()),
                write,
                options,
                parameters);
    }

    /** Changes fields of one. */
    @PATCH
    @Consumes(MERGE_PATCH)
    @RolesAllowed({ADMIN})
    @APIResponse(
            responseCode = "200",
            description = "It is as requested; for a dry run, the preview",
            headers = @Header(name = "ETag", description = AdminDocs.ETAG, schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(oneOf = {TrustView.class, PreviewView.class})))
    @APIResponse(responseCode = "404", description = "There is none with this id")
    @APIResponse(responseCode = "409", description = "The same exists already")
    @APIResponse(responseCode = "412", description = AdminDocs.PRECONDITION_FAILED)
    @APIResponse(responseCode = "422", description = AdminDocs.INVALID)
    @RequestBody(
            required = true,
            description = "A merge patch (RFC 7396) of the content: null removes a field",
            content = @Content(mediaType = MERGE_PATCH, schema = @Schema(type = SchemaType.OBJECT)))
    @Operation(
            operationId = "patchAttributeTrust",
            summary = "Change the trust in an attribute of a framework",
            description = "A request that changes nothing makes no new version. For admin of the root namespace.")
    public Uni<Response> patch(
            @Parameter(
                            description = "Its id",
                            example = Docs.UUID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
                    @PathParam("id")
                    String id,
            @BeanParam WriteReason reason,
            @BeanParam WriteOptions options,
            byte @Nullable [] body) {
        Parameters parameters = new Parameters();
        UUID known = id(id, parameters);
        WriteReason.Stated write = reason.stated(parameters, why -> authors.author("/", why, parameters));
        return writes.answer(
                WRITTEN,
                new Change.Patch<>(known, Bodies.object(body), write.precondition()),
                write,
                options,
                parameters);
    }

    /** Ends the trust. */
    @DELETE
    @RolesAllowed({ADMIN})
    @APIResponse(responseCode = "204", description = "It is deleted")
    @APIResponse(
            responseCode = "200",
            description = "For a dry run: the preview",
            content = @Content(schema = @Schema(implementation = PreviewView.class)))
    @APIResponse(responseCode = "404", description = "There is none with this id")
    @APIResponse(responseCode = "412", description = AdminDocs.PRECONDITION_FAILED)
    @Operation(
            operationId = "deleteAttributeTrust",
            summary = "No longer trust an attribute of a framework",
            description = "For admin of the root namespace.")
    public Uni<Response> delete(
            @Parameter(
                            description = "Its id",
                            example = Docs.UUID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
                    @PathParam("id")
                    String id,
            @BeanParam WriteReason reason,
            @BeanParam WriteOptions options) {
        Parameters parameters = new Parameters();
        UUID known = id(id, parameters);
        WriteReason.Stated write = reason.stated(parameters, why -> authors.author("/", why, parameters));
        return writes.answer(WRITTEN, new Change.Delete<>(known, write.precondition()), write, options, parameters);
    }

    private static UUID id(String id, Parameters parameters) {
        return parameters.id("id", id).orElse(new UUID(0, 0));
    }
}
