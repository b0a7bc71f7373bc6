package io.mesosiam.api.namespace;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.AUDITOR;
import static io.mesosiam.signin.Role.Names.NAMESPACE_ADMIN;
import static io.mesosiam.signin.Role.Names.OPERATOR;
import static io.mesosiam.signin.Role.Names.VIEWER;

import io.mesosiam.admin.Change;
import io.mesosiam.admin.change.Changes;
import io.mesosiam.admin.namespace.NamespaceContent;
import io.mesosiam.admin.namespace.Namespaces;
import io.mesosiam.admin.namespace.StoredNamespace;
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
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
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

/** One stored namespace, by its path. */
@Path("/api/v1/namespaces/{namespace}")
@Produces(MediaType.APPLICATION_JSON)
@APIResponse(responseCode = "404", description = "There is no such namespace")
@Tag(name = NamespaceDocs.TAG, description = NamespaceDocs.TAG_DESCRIPTION)
@NonBlocking
public final class NamespaceResource {
    private static final String MERGE_PATCH = "application/merge-patch+json";

    static final WrittenObject<String, NamespaceContent, StoredNamespace> WRITTEN =
            new WrittenObject<>(Changes::writeNamespace, StoredNamespace::tag, StoredNamespaceView::of);

    private final Namespaces namespaces;
    private final Authors authors;
    private final ObjectWrites writes;

    @Inject
    NamespaceResource(Namespaces namespaces, Authors authors, ObjectWrites writes) {
        this.namespaces = namespaces;
        this.authors = authors;
        this.writes = writes;
    }

    /** The stored namespace. */
    @GET
    @RolesAllowed({VIEWER, OPERATOR, NAMESPACE_ADMIN, ADMIN, AUDITOR})
    @APIResponse(
            responseCode = "200",
            description = "The namespace",
            headers = @Header(name = "ETag", description = AdminDocs.ETAG, schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(implementation = StoredNamespaceView.class)))
    @Operation(
            operationId = "getNamespace",
            summary = "A stored namespace",
            description =
                    "As the database has it; controllers apply a change within a second. " + NamespaceDocs.FOR_READERS)
    public Uni<Response> get(@BeanParam NamespacePath path) {
        Parameters parameters = new Parameters();
        String namespace = path.of(parameters);
        parameters.check();
        authors.require(namespace, AdminDocs.readers());
        return namespaces.find(namespace).map(found -> found.map(
                        known -> WRITTEN.of(200, known).build())
                .orElseThrow(() -> new ProblemException(ProblemCode.NOT_FOUND, "there is no namespace " + namespace)));
    }

    /** Creates or replaces the namespace. */
    @PUT
    @RolesAllowed({NAMESPACE_ADMIN, ADMIN})
    @Consumes(MediaType.APPLICATION_JSON)
    @APIResponse(
            responseCode = "200",
            description = "The namespace is as requested; for a dry run, the preview",
            headers = @Header(name = "ETag", description = AdminDocs.ETAG, schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(oneOf = {StoredNamespaceView.class, PreviewView.class})))
    @APIResponse(
            responseCode = "201",
            description = "The namespace was created",
            content = @Content(schema = @Schema(implementation = StoredNamespaceView.class)))
    @APIResponse(responseCode = "412", description = AdminDocs.PRECONDITION_FAILED)
    @APIResponse(responseCode = "422", description = AdminDocs.INVALID)
    @RequestBody(
            required = true,
            description = "The whole content",
            content = @Content(schema = @Schema(implementation = NamespaceContentSchema.class)))
    @Operation(
            operationId = "putNamespace",
            summary = "Create or replace a namespace",
            description =
                    "Idempotent: a request that changes nothing makes no new version. Policies beyond narrower bounds stay,"
                            + " and give nothing; dryRun shows which leases end. " + NamespaceDocs.FOR_WRITERS)
    public Uni<Response> put(
            @BeanParam NamespacePath path,
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
        String namespace = path.of(parameters);
        WriteReason.Stated write =
                reason.stated(ifNoneMatch, parameters, why -> authors.bounding(namespace, why, parameters));
        return writes.answer(
                WRITTEN,
                new Change.Put<>(namespace, Bodies.object(body), write.precondition()),
                write,
                options,
                parameters);
    }

    /** Changes fields of the namespace. */
    @PATCH
    @RolesAllowed({NAMESPACE_ADMIN, ADMIN})
    @Consumes(MERGE_PATCH)
    @APIResponse(
            responseCode = "200",
            description = "The namespace is as requested; for a dry run, the preview",
            headers = @Header(name = "ETag", description = AdminDocs.ETAG, schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(oneOf = {StoredNamespaceView.class, PreviewView.class})))
    @APIResponse(responseCode = "412", description = AdminDocs.PRECONDITION_FAILED)
    @APIResponse(responseCode = "422", description = AdminDocs.INVALID)
    @RequestBody(
            required = true,
            description = "A merge patch (RFC 7396) of the content: null removes a field",
            content = @Content(mediaType = MERGE_PATCH, schema = @Schema(type = SchemaType.OBJECT)))
    @Operation(
            operationId = "patchNamespace",
            summary = "Change bounds of a namespace",
            description = "A request that changes nothing makes no new version. " + NamespaceDocs.FOR_WRITERS)
    public Uni<Response> patch(
            @BeanParam NamespacePath path,
            @BeanParam WriteReason reason,
            @BeanParam WriteOptions options,
            byte @Nullable [] body) {
        Parameters parameters = new Parameters();
        String namespace = path.of(parameters);
        WriteReason.Stated write = reason.stated(parameters, why -> authors.bounding(namespace, why, parameters));
        return writes.answer(
                WRITTEN,
                new Change.Patch<>(namespace, Bodies.object(body), write.precondition()),
                write,
                options,
                parameters);
    }

    /** Deletes the namespace. */
    @DELETE
    @RolesAllowed({NAMESPACE_ADMIN, ADMIN})
    @APIResponse(responseCode = "204", description = "The namespace is deleted; its history stays")
    @APIResponse(
            responseCode = "200",
            description = "For a dry run: the preview",
            content = @Content(schema = @Schema(implementation = PreviewView.class)))
    @APIResponse(responseCode = "412", description = AdminDocs.PRECONDITION_FAILED)
    @Operation(
            operationId = "deleteNamespace",
            summary = "Delete a namespace",
            description = "Only without policies and without namespaces below it. " + NamespaceDocs.FOR_WRITERS)
    public Uni<Response> delete(
            @BeanParam NamespacePath path, @BeanParam WriteReason reason, @BeanParam WriteOptions options) {
        Parameters parameters = new Parameters();
        String namespace = path.of(parameters);
        WriteReason.Stated write = reason.stated(parameters, why -> authors.bounding(namespace, why, parameters));
        return writes.answer(WRITTEN, new Change.Delete<>(namespace, write.precondition()), write, options, parameters);
    }
}
