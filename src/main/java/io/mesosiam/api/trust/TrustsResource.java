package io.mesosiam.api.trust;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.AUDITOR;
import static io.mesosiam.signin.Role.Names.NAMESPACE_ADMIN;
import static io.mesosiam.signin.Role.Names.OPERATOR;
import static io.mesosiam.signin.Role.Names.VIEWER;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesosiam.admin.Change;
import io.mesosiam.admin.trust.Trusts;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.admin.AdminDocs;
import io.mesosiam.api.admin.Authors;
import io.mesosiam.api.admin.Bodies;
import io.mesosiam.api.admin.ObjectWrites;
import io.mesosiam.api.admin.WriteReason;
import io.mesosiam.api.list.ListParameters;
import io.mesosiam.api.list.ListRequest;
import io.mesosiam.api.preview.PreviewView;
import io.mesosiam.api.preview.WriteOptions;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The attributes that frameworks enforce. */
@Path("/api/v1/attribute-trust")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "attribute trust", description = "Which attributes frameworks don't let their users choose")
@NonBlocking
public final class TrustsResource {
    /** What is listed. */
    public static final ListParameters.Kind TRUSTS =
            ListParameters.Kind.of(Trusts.COLUMNS, Trusts.ID, "id", TrustView.class);

    private final Trusts trusts;
    private final Authors authors;
    private final ObjectWrites writes;
    private final ObjectMapper json;

    @Inject
    TrustsResource(Trusts trusts, Authors authors, ObjectWrites writes, ObjectMapper json) {
        this.trusts = trusts;
        this.authors = authors;
        this.writes = writes;
        this.json = json;
    }

    /** All, by id, a page at a time. */
    @GET
    @RolesAllowed({VIEWER, OPERATOR, NAMESPACE_ADMIN, ADMIN, AUDITOR})
    @APIResponseSchema(value = TrustView.Page.class, responseCode = "200", responseDescription = "A page")
    @Operation(
            operationId = "listAttributeTrust",
            summary = "The attributes that frameworks enforce",
            description =
                    "By id, unless 'sort' is given. For viewer, operator, namespace-admin, admin and auditor of the root namespace.")
    public Uni<TrustView.Page> list(@BeanParam ListRequest request) {
        Parameters parameters = new Parameters();
        ListParameters list = request.of(TRUSTS, parameters);
        parameters.check();
        authors.require("/", AdminDocs.readers());
        return trusts.list(list.query())
                .map(found -> list.page(found.map(trust -> json.<ObjectNode>valueToTree(TrustView.of(trust)))))
                .map(page -> new TrustView.Page(page.items(), page.next()));
    }

    /** Trusts an attribute of a framework. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({ADMIN})
    @APIResponse(
            responseCode = "200",
            description = "For a dry run: the preview",
            content = @Content(schema = @Schema(implementation = PreviewView.class)))
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
            description = "The framework and the attribute",
            content = @Content(schema = @Schema(implementation = TrustView.Request.class)))
    @Operation(
            operationId = "createAttributeTrust",
            summary = "Trust an attribute of a framework",
            description =
                    "Policies that select by it are no longer self-asserted for this framework. For admin of the root namespace.")
    public Uni<Response> create(
            @BeanParam WriteReason reason, @BeanParam WriteOptions options, byte @Nullable [] body) {
        Parameters parameters = new Parameters();
        WriteReason.Stated write = reason.stated(parameters, why -> authors.author("/", why, parameters));
        return writes.answer(
                TrustResource.WRITTEN,
                new Change.Put<>(UUID.randomUUID(), Bodies.object(body), write.precondition()),
                write,
                options,
                parameters);
    }
}
