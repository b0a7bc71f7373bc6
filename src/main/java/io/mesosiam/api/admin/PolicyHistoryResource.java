package io.mesosiam.api.admin;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.AUDITOR;
import static io.mesosiam.signin.Role.Names.NAMESPACE_ADMIN;
import static io.mesosiam.signin.Role.Names.OPERATOR;
import static io.mesosiam.signin.Role.Names.VIEWER;

import io.mesosiam.admin.Change;
import io.mesosiam.admin.Found;
import io.mesosiam.admin.PolicyHistory;
import io.mesosiam.admin.PolicyKey;
import io.mesosiam.admin.PolicyRevision;
import io.mesosiam.api.Docs;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.preview.WriteOptions;
import io.mesosiam.signin.Role;
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

/** The versions of a policy, also of a deleted one. */
@Path("/api/v1/namespaces/{namespace}/policies/{name}")
@Produces(MediaType.APPLICATION_JSON)
@APIResponse(responseCode = "404", description = "There is no such version")
@Tag(name = "policies", description = "The policies in force, and the rows that can't be used")
@NonBlocking
public final class PolicyHistoryResource {
    private final StoredVersions<PolicyKey, PolicyRevision> versions;
    private final Authors authors;
    private final ObjectWrites writes;

    @Inject
    PolicyHistoryResource(PolicyHistory history, Authors authors, ObjectWrites writes) {
        this.versions = new StoredVersions<>(history::list, history::find, PolicyKey::described);
        this.authors = authors;
        this.writes = writes;
    }

    /** The versions, the newest first. */
    @GET
    @Path("history")
    @RolesAllowed({VIEWER, OPERATOR, NAMESPACE_ADMIN, ADMIN, AUDITOR})
    @APIResponseSchema(
            value = PolicyRevisionView.Page.class,
            responseCode = "200",
            responseDescription = "A page of versions")
    @Operation(
            operationId = "listPolicyHistory",
            summary = "Every version of a policy, the newest first",
            description =
                    "With who changed it and why. Changes by SQL are versions too; a deleted policy keeps its history. "
                            + AdminDocs.FOR_READERS)
    public Uni<PolicyRevisionView.Page> list(
            @BeanParam PolicyPath path,
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
        PolicyKey key = path.key(parameters);
        int items = parameters.number("limit", limit, 1, Parameters.MAX_LIMIT);
        Optional<VersionTag> after = VersionTag.optional("cursor", cursor, parameters);
        parameters.check();
        authors.require(key.namespace(), AdminDocs.readers());
        return versions.newest(key, after, items).map(PolicyHistoryResource::page);
    }

    private static PolicyRevisionView.Page page(Found<PolicyRevision> revisions) {
        List<PolicyRevisionView> views =
                revisions.objects().stream().map(PolicyRevisionView::of).toList();
        return new PolicyRevisionView.Page(
                views, revisions.more() && !views.isEmpty() ? views.getLast().tag() : null);
    }

    /** The fields in which two versions differ. */
    @GET
    @Path("diff")
    @RolesAllowed({VIEWER, OPERATOR, NAMESPACE_ADMIN, ADMIN, AUDITOR})
    @APIResponseSchema(value = VersionDiffView.class, responseCode = "200", responseDescription = "The differences")
    @Operation(
            operationId = "diffPolicyVersions",
            summary = "The fields in which two versions of a policy differ",
            description = "Between any two versions under this name. " + AdminDocs.FOR_READERS)
    public Uni<VersionDiffView> diff(
            @BeanParam PolicyPath path,
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
        PolicyKey key = path.key(parameters);
        VersionTag first = VersionTag.required("from", from, parameters);
        VersionTag second = VersionTag.required("to", to, parameters);
        parameters.check();
        authors.require(key.namespace(), AdminDocs.readers());
        return versions.find(key, first)
                .chain(earlier -> versions.find(key, second).map(later -> VersionDiffView.of(earlier, later)));
    }

    /** Gives the policy the content of an earlier version. */
    @POST
    @Path("restore")
    @RolesAllowed({NAMESPACE_ADMIN, ADMIN})
    @APIResponse(
            responseCode = "200",
            description = "The policy has the content of that version",
            headers = @Header(name = "ETag", description = AdminDocs.ETAG, schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(implementation = StoredPolicyView.class)))
    @APIResponse(
            responseCode = "201",
            description = "The policy was deleted, and exists again",
            content = @Content(schema = @Schema(implementation = StoredPolicyView.class)))
    @APIResponse(responseCode = "412", description = AdminDocs.PRECONDITION_FAILED)
    @APIResponse(responseCode = "422", description = AdminDocs.INVALID)
    @Operation(
            operationId = "restorePolicy",
            summary = "Give a policy the content of an earlier version",
            description = "Makes a new version; the history stays. The external id of that version is restored too. "
                    + AdminDocs.FOR_WRITERS)
    public Uni<Response> restore(
            @BeanParam PolicyPath path,
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
        PolicyKey key = path.key(parameters);
        VersionTag tag = VersionTag.required("version", version, parameters);
        WriteReason.Stated write = reason.stated(
                parameters, why -> authors.author(key.namespace(), why, parameters, Role.NAMESPACE_ADMIN));
        return writes.restored(
                WrittenObject.POLICY,
                () -> versions.find(key, tag)
                        .map(revision -> new Change.Restore<>(key, revision.content(), write.precondition())),
                write,
                options,
                parameters);
    }
}
