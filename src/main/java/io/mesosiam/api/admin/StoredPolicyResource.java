package io.mesosiam.api.admin;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.AUDITOR;
import static io.mesosiam.signin.Role.Names.NAMESPACE_ADMIN;
import static io.mesosiam.signin.Role.Names.OPERATOR;
import static io.mesosiam.signin.Role.Names.VIEWER;

import io.mesosiam.admin.Change;
import io.mesosiam.admin.Policies;
import io.mesosiam.admin.PolicyKey;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.api.preview.PreviewView;
import io.mesosiam.api.preview.WriteOptions;
import io.mesosiam.signin.Role;
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

/** One stored policy, by namespace and name. */
@Path("/api/v1/namespaces/{namespace}/policies/{name}")
@Produces(MediaType.APPLICATION_JSON)
@APIResponse(responseCode = "404", description = "There is no such policy")
@Tag(name = "policies", description = "The policies in force, and the rows that can't be used")
@NonBlocking
public final class StoredPolicyResource {
    private static final String MERGE_PATCH = "application/merge-patch+json";

    private final Policies policies;
    private final Authors authors;
    private final ObjectWrites writes;

    @Inject
    StoredPolicyResource(Policies policies, Authors authors, ObjectWrites writes) {
        this.policies = policies;
        this.authors = authors;
        this.writes = writes;
    }

    /** The stored policy. */
    @GET
    @RolesAllowed({VIEWER, OPERATOR, NAMESPACE_ADMIN, ADMIN, AUDITOR})
    @APIResponse(
            responseCode = "200",
            description = "The policy",
            headers = @Header(name = "ETag", description = AdminDocs.ETAG, schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(implementation = StoredPolicyView.class)))
    @Operation(
            operationId = "getPolicy",
            summary = "A stored policy",
            description =
                    "As the database has it; controllers apply a change within a second. " + AdminDocs.FOR_READERS)
    public Uni<Response> get(@BeanParam PolicyPath path) {
        Parameters parameters = new Parameters();
        PolicyKey key = path.key(parameters);
        parameters.check();
        authors.require(key.namespace(), AdminDocs.readers());
        return policies.find(key).map(found -> found.map(
                        policy -> WrittenObject.POLICY.of(200, policy).build())
                .orElseThrow(() -> new ProblemException(ProblemCode.NOT_FOUND, "there is no " + key.described())));
    }

    /** Creates or replaces the policy. */
    @PUT
    @RolesAllowed({NAMESPACE_ADMIN, ADMIN})
    @Consumes(MediaType.APPLICATION_JSON)
    @APIResponse(
            responseCode = "200",
            description = "The policy is as requested; for a dry run, the preview",
            headers = @Header(name = "ETag", description = AdminDocs.ETAG, schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(oneOf = {StoredPolicyView.class, PreviewView.class})))
    @APIResponse(
            responseCode = "201",
            description = "The policy was created",
            content = @Content(schema = @Schema(implementation = StoredPolicyView.class)))
    @APIResponse(responseCode = "412", description = AdminDocs.PRECONDITION_FAILED)
    @APIResponse(responseCode = "422", description = AdminDocs.INVALID)
    @RequestBody(
            required = true,
            description = "The whole content",
            content = @Content(schema = @Schema(implementation = PolicyContentSchema.class)))
    @Operation(
            operationId = "putPolicy",
            summary = "Create or replace a policy",
            description = "Idempotent: a request that changes nothing makes no new version. " + AdminDocs.FOR_WRITERS)
    public Uni<Response> put(
            @BeanParam PolicyPath path,
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
        PolicyKey key = path.key(parameters);
        WriteReason.Stated write = reason.stated(
                ifNoneMatch, parameters, why -> authors.author(key.namespace(), why, parameters, Role.NAMESPACE_ADMIN));
        return writes.answer(
                WrittenObject.POLICY,
                new Change.Put<>(key, Bodies.object(body), write.precondition()),
                write,
                options,
                parameters);
    }

    /** Changes fields of the policy. */
    @PATCH
    @RolesAllowed({NAMESPACE_ADMIN, ADMIN})
    @Consumes(MERGE_PATCH)
    @APIResponse(
            responseCode = "200",
            description = "The policy is as requested; for a dry run, the preview",
            headers = @Header(name = "ETag", description = AdminDocs.ETAG, schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(oneOf = {StoredPolicyView.class, PreviewView.class})))
    @APIResponse(responseCode = "412", description = AdminDocs.PRECONDITION_FAILED)
    @APIResponse(responseCode = "422", description = AdminDocs.INVALID)
    @RequestBody(
            required = true,
            description = "A merge patch (RFC 7396) of the content: null removes a field",
            content = @Content(mediaType = MERGE_PATCH, schema = @Schema(type = SchemaType.OBJECT)))
    @Operation(
            operationId = "patchPolicy",
            summary = "Change fields of a policy",
            description = "A request that changes nothing makes no new version. " + AdminDocs.FOR_WRITERS)
    public Uni<Response> patch(
            @BeanParam PolicyPath path,
            @BeanParam WriteReason reason,
            @BeanParam WriteOptions options,
            byte @Nullable [] body) {
        Parameters parameters = new Parameters();
        PolicyKey key = path.key(parameters);
        WriteReason.Stated write = reason.stated(
                parameters, why -> authors.author(key.namespace(), why, parameters, Role.NAMESPACE_ADMIN));
        return writes.answer(
                WrittenObject.POLICY,
                new Change.Patch<>(key, Bodies.object(body), write.precondition()),
                write,
                options,
                parameters);
    }

    /** Deletes the policy. */
    @DELETE
    @RolesAllowed({NAMESPACE_ADMIN, ADMIN})
    @APIResponse(responseCode = "204", description = "The policy is deleted; its history stays")
    @APIResponse(
            responseCode = "200",
            description = "For a dry run: the preview",
            content = @Content(schema = @Schema(implementation = PreviewView.class)))
    @APIResponse(responseCode = "412", description = AdminDocs.PRECONDITION_FAILED)
    @Operation(
            operationId = "deletePolicy",
            summary = "Delete a policy",
            description = "Leases that it gave end within a second. " + AdminDocs.FOR_WRITERS)
    public Uni<Response> delete(
            @BeanParam PolicyPath path, @BeanParam WriteReason reason, @BeanParam WriteOptions options) {
        Parameters parameters = new Parameters();
        PolicyKey key = path.key(parameters);
        WriteReason.Stated write = reason.stated(
                parameters, why -> authors.author(key.namespace(), why, parameters, Role.NAMESPACE_ADMIN));
        return writes.answer(
                WrittenObject.POLICY, new Change.Delete<>(key, write.precondition()), write, options, parameters);
    }
}
