package io.mesosiam.api.trust;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.AUDITOR;
import static io.mesosiam.signin.Role.Names.NAMESPACE_ADMIN;
import static io.mesosiam.signin.Role.Names.OPERATOR;
import static io.mesosiam.signin.Role.Names.VIEWER;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.trust.StoredTrust;
import io.mesosiam.admin.trust.Trusts;
import io.mesosiam.api.Docs;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.Problem;
import io.mesosiam.api.admin.AdminDocs;
import io.mesosiam.api.admin.Authors;
import io.mesosiam.api.admin.Bodies;
import io.mesosiam.api.admin.WriteReason;
import io.mesosiam.signin.Role;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
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
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The attributes that frameworks enforce. */
@Path("/api/v1/attribute-trust")
@Produces(MediaType.APPLICATION_JSON)
@APIResponse(
        responseCode = "400",
        description = "A parameter is not valid, or unknown; 'errors' names it",
        content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
@APIResponse(
        responseCode = "default",
        description = "An error",
        content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
@Tag(name = "attribute trust", description = "Which attributes frameworks don't let their users choose")
@NonBlocking
public final class TrustsResource {
    private final Trusts trusts;
    private final Authors authors;

    @Inject
    TrustsResource(Trusts trusts, Authors authors) {
        this.trusts = trusts;
        this.authors = authors;
    }

    /** All, by id, a page at a time. */
    @GET
    @RolesAllowed({VIEWER, OPERATOR, NAMESPACE_ADMIN, ADMIN, AUDITOR})
    @APIResponseSchema(value = TrustView.Page.class, responseCode = "200", responseDescription = "A page")
    @Operation(
            operationId = "listAttributeTrust",
            summary = "The attributes that frameworks enforce",
            description = "By id. For viewer, operator, namespace-admin, admin and auditor of the root namespace.")
    public Uni<TrustView.Page> list(
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
                            example = Docs.UUID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
                    @QueryParam("cursor")
                    @Nullable
                    String cursor) {
        Parameters parameters = new Parameters();
        int items = parameters.number("limit", limit, 1, Parameters.MAX_LIMIT);
        Optional<UUID> after = parameters.parsed("cursor", cursor, UUID::fromString, "must be the 'next' of a page");
        parameters.check();
        authors.require("/", Role.VIEWER, Role.OPERATOR, Role.NAMESPACE_ADMIN, Role.AUDITOR);
        return trusts.list(after, items + 1).map(found -> page(found, items));
    }

    private static TrustView.Page page(List<StoredTrust> found, int items) {
        List<TrustView> views = found.stream().limit(items).map(TrustView::of).toList();
        return new TrustView.Page(views, found.size() > items ? views.getLast().id() : null);
    }

    /** Trusts an attribute of a framework. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({ADMIN})
    @APIResponse(
            responseCode = "201",
            description = "It is created",
            headers = @Header(name = "ETag", description = AdminDocs.ETAG, schema = @Schema(type = SchemaType.STRING)),
            content = @Content(schema = @Schema(implementation = TrustView.class)))
    @APIResponse(
            responseCode = "409",
            description = "The same exists already",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "422",
            description = AdminDocs.INVALID,
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @RequestBody(
            required = true,
            description = "The framework and the attribute",
            content = @Content(schema = @Schema(implementation = TrustView.Request.class)))
    @Operation(
            operationId = "createAttributeTrust",
            summary = "Trust an attribute of a framework",
            description =
                    "Policies that select by it are no longer self-asserted for this framework. For admin of the root namespace.")
    public Uni<Response> create(@BeanParam WriteReason reason, byte @Nullable [] body) {
        Parameters parameters = new Parameters();
        WriteReason.Stated write = reason.stated("/", authors, parameters);
        JsonNode document = Bodies.object(body);
        return TrustAnswers.checked(trusts, parameters, document)
                .chain(() -> trusts.create(document, write.author()))
                .map(written -> TrustAnswers.answer(written, write));
    }
}
