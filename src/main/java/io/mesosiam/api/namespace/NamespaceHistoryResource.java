package io.mesosiam.api.namespace;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.AUDITOR;
import static io.mesosiam.signin.Role.Names.NAMESPACE_ADMIN;
import static io.mesosiam.signin.Role.Names.OPERATOR;
import static io.mesosiam.signin.Role.Names.VIEWER;

import io.mesosiam.admin.Change;
import io.mesosiam.admin.Found;
import io.mesosiam.admin.namespace.NamespaceHistory;
import io.mesosiam.admin.namespace.NamespaceRevision;
import io.mesosiam.api.Docs;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.admin.AdminDocs;
import io.mesosiam.api.admin.Authors;
import io.mesosiam.api.admin.ObjectWrites;
import io.mesosiam.api.admin.StoredVersions;
import io.mesosiam.api.admin.VersionDiffView;
import io.mesosiam.api.admin.VersionTag;
import io.mesosiam.api.admin.WriteReason;
import io.mesosiam.api.preview.WriteOptions;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The versions of a namespace, also of a deleted one. */
@Path("/api/v1/namespaces/{namespace}")
@Produces(MediaType.APPLICATION_JSON)
@APIResponse(responseCode = "404", description = "There is no such version")
@Tag(name = NamespaceDocs.TAG, description = NamespaceDocs.TAG_DESCRIPTION)
@NonBlocking
public final class NamespaceHistoryResource {
    private final StoredVersions<String, NamespaceRevision> versions;
    private final Authors authors;
    private final ObjectWrites writes;

    @Inject
    NamespaceHistoryResource(NamespaceHistory history, Authors authors, ObjectWrites writes) {
        this.versions = new StoredVersions<>(history::list, history::find, path -> "namespace " + path);
        this.authors = authors;
        this.writes = writes;
    }

    /** The versions, the newest first. */
    @GET
    @Path("history")
    @RolesAllowed({VIEWER, OPERATOR, NAMESPACE_ADMIN, ADMIN, AUDITOR})
    @APIResponseSchema(
            value = NamespaceRevisionView.Page.class,
            responseCode = "200",
            responseDescription = "A page of versions")
    @Operation(
            operationId = "listNamespaceHistory",
            summary = "Every version of a namespace, the newest first",
            description =
                    "With who changed it and why. Changes by SQL are versions too; a deleted namespace keeps its history. "
                            + NamespaceDocs.FOR_READERS)
    public Uni<NamespaceRevisionView.Page> list(
            @BeanParam NamespacePath path,
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
                            example = AdminDocs.VERSION_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, pattern = AdminDocs.VERSION_PATTERN))
                    @QueryParam("cursor")
                    @Nullable
                    String cursor) {
        Parameters parameters = new Parameters();
        String namespace = path.of(parameters);
        int items = parameters.number("limit", limit, 1, Parameters.MAX_LIMIT);
        Optional<VersionTag> after = VersionTag.optional("cursor", cursor, parameters);
        parameters.check();
        authors.require(namespace, AdminDocs.readers());
        return versions.newest(namespace, after, items).map(NamespaceHistoryResource::page);
    }

    private static NamespaceRevisionView.Page page(Found<NamespaceRevision> revisions) {
        List<NamespaceRevisionView> views =
                revisions.objects().stream().map(NamespaceRevisionView::of).toList();
        return new NamespaceRevisionView.Page(
                views, revisions.more() && !views.isEmpty() ? views.getLast().tag() : null);
    }

    /** The fields in which two versions differ. */
    @GET
    @Path("diff")
    @RolesAllowed({VIEWER, OPERATOR, NAMESPACE_ADMIN, ADMIN, AUDITOR})
    @APIResponseSchema(value = VersionDiffView.class, responseCode = "200", responseDescription = "The differences")
    @Operation(
            operationId = "diffNamespaceVersions",
            summary = "The fields in which two versions of a namespace differ",
            description = "Between any two versions under this path. " + NamespaceDocs.FOR_READERS)
    public Uni<VersionDiffView> diff(
            @BeanParam NamespacePath path,
            @Parameter(
                            description = "The tag of the earlier version",
                            required = true,
                            example = AdminDocs.VERSION_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, pattern = AdminDocs.VERSION_PATTERN))
                    @QueryParam("from")
                    @Nullable
                    String from,
            @Parameter(
                            description = "The tag of the later version",
                            required = true,
                            example = AdminDocs.VERSION_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, pattern = AdminDocs.VERSION_PATTERN))
                    @QueryParam("to")
                    @Nullable
                    String to) {
        Parameters parameters = new Parameters();
        String namespace = path.of(parameters);
        VersionTag first = VersionTag.required("from", from, parameters);
        VersionTag second = VersionTag.required("to", to, parameters);
        parameters.check();
        authors.require(namespace, AdminDocs.readers());
        return versions.find(namespace, first)
                .chain(earlier -> versions.find(namespace, second).map(later -> VersionDiffView.of(earlier, later)));
    }

    /** Gives the namespace the content of an earlier version. */
    @POST
    @Path("restore")
    @RolesAllowed({NAMESPACE_ADMIN, ADMIN})
    @APIResponse(
            responseCode = "200",
            description = "The namespace has the content of that version",
            headers = @Header(name = "ETag", description = AdminDocs.ETAG, schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(implementation = StoredNamespaceView.class)))
    @APIResponse(
            responseCode = "201",
            description = "The namespace was deleted, and exists again",
            content = @Content(schema = @Schema(implementation = StoredNamespaceView.class)))
    @APIResponse(responseCode = "412", description = AdminDocs.PRECONDITION_FAILED)
    @APIResponse(responseCode = "422", description = AdminDocs.INVALID)
    @Operation(
            operationId = "restoreNamespace",
            summary = "Give a namespace the content of an earlier version",
            description = "Makes a new version; the history stays. " + NamespaceDocs.FOR_WRITERS)
    public Uni<Response> restore(
            @BeanParam NamespacePath path,
            @Parameter(
                            description = "The tag of the version",
                            required = true,
                            example = AdminDocs.VERSION_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, pattern = AdminDocs.VERSION_PATTERN))
                    @QueryParam("version")
                    @Nullable
                    String version,
            @BeanParam WriteReason reason,
            @BeanParam WriteOptions options) {
        Parameters parameters = new Parameters();
        String namespace = path.of(parameters);
        VersionTag tag = VersionTag.required("version", version, parameters);
        WriteReason.Stated write = reason.stated(parameters, why -> authors.bounding(namespace, why, parameters));
        return writes.restored(
                NamespaceResource.WRITTEN,
                () -> versions.find(namespace, tag)
                        .map(revision -> new Change.Restore<>(namespace, revision.content(), write.precondition())),
                write,
                options,
                parameters);
    }
}
