package io.mesosiam.api.token;

import static io.mesosiam.admin.ListColumn.Type.TEXT;
import static io.mesosiam.admin.ListColumn.Type.TIME;
import static io.mesosiam.admin.ListColumn.Type.TRUTH;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.admin.LimitedTransaction;
import io.mesosiam.admin.namespace.Namespaces;
import io.mesosiam.api.Docs;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.Problem;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.api.admin.AdminDocs;
import io.mesosiam.api.admin.Bodies;
import io.mesosiam.api.list.ListParameters;
import io.mesosiam.api.list.ListRequest;
import io.mesosiam.api.list.MemoryList;
import io.mesosiam.api.list.MemoryList.Column;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Callers;
import io.mesosiam.signin.CurrentRequest;
import io.mesosiam.signin.Role;
import io.mesosiam.signin.RoleGrant;
import io.mesosiam.signin.StoredToken;
import io.mesosiam.signin.StoredToken.Revocation;
import io.mesosiam.signin.Tokens;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The API tokens. An admin of a namespace sees, makes and revokes those whose roles are all below it. */
@Path("/api/v1/tokens")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "tokens", description = "The API tokens, with which programs sign in")
@NonBlocking
public final class TokenResource {
    private final Tokens tokens;
    private final Namespaces namespaces;
    private final Callers callers;
    private final InstantSource clock;
    private final CurrentRequest request;
    private final ObjectMapper json;

    @Inject
    TokenResource(
            Tokens tokens,
            Namespaces namespaces,
            Callers callers,
            InstantSource clock,
            CurrentRequest request,
            ObjectMapper json) {
        this.tokens = tokens;
        this.namespaces = namespaces;
        this.callers = callers;
        this.clock = clock;
        this.request = request;
        this.json = json;
    }

    /** What is listed. */
    public static ListParameters.Kind kind() {
        return columns(Instant.EPOCH).kind();
    }

    /** The tokens, a page at a time. */
    @GET
    @RolesAllowed({Role.Names.ADMIN, Role.Names.AUDITOR})
    @APIResponseSchema(
            value = TokenView.Page.class,
            responseCode = "200",
            responseDescription = "A page of the API tokens")
    @Operation(
            operationId = "listTokens",
            summary = "The API tokens",
            description =
                    "Those of which the caller may see every role, also expired and revoked ones, by id unless 'sort' is given.")
    public TokenView.Page list(@BeanParam ListRequest request) {
        Instant now = clock.instant();
        MemoryList<StoredToken> list = columns(now);
        Parameters parameters = new Parameters();
        ListParameters wanted = request.of(list.kind(), parameters);
        parameters.check();
        Caller caller = callers.current();
        ListParameters.Page<Object> page = list.page(
                wanted,
                tokens.all().stream().filter(token -> mayForAll(caller, token, Role.AUDITOR)),
                token -> TokenView.of(token, now),
                json);
        return new TokenView.Page(page.items(), page.next());
    }

    private static MemoryList<StoredToken> columns(Instant now) {
        return new MemoryList<>(
                "tokenId",
                StoredToken::id,
                List.of(
                        Column.of("name", TEXT, StoredToken::name),
                        Column.of("createdAt", TIME, StoredToken::createdAt),
                        Column.of("createdBy", TEXT, StoredToken::createdBy),
                        Column.of("expiresAt", TIME, StoredToken::expiresAt),
                        Column.of("valid", TRUTH, token -> token.isValid(now)),
                        Column.optional("lastUsedAt", TIME, StoredToken::lastUsedAt),
                        Column.optional(
                                "revokedAt", TIME, token -> token.revoked().map(Revocation::at)),
                        Column.optional(
                                "revokedBy", TEXT, token -> token.revoked().map(Revocation::by))),
                TokenView.class);
    }

    /** Makes a token. */
    @POST
    @RolesAllowed(Role.Names.ADMIN)
    @Consumes(MediaType.APPLICATION_JSON)
    @APIResponseSchema(
            value = TokenView.class,
            responseCode = "201",
            responseDescription = "The token; its text is shown only here")
    @APIResponse(responseCode = "409", description = "A token has this name, or a revoked one had it")
    @APIResponse(responseCode = "422", description = AdminDocs.INVALID)
    @Operation(
            operationId = "createToken",
            summary = "Makes an API token",
            description = "The caller must be admin of the namespace of each role.")
    public Uni<Response> create(
            @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON,
                                            schema = @Schema(implementation = TokenRequest.class)))
                    byte @Nullable [] body) {
        TokenRequest wanted = TokenRequest.of(Bodies.object(body), clock.instant());
        Caller caller = callers.current();
        wanted.namespaces().forEach(callers::require);
        return namespaces
                .missing(wanted.namespaces())
                .invoke(missing -> ProblemException.refuseMissing(missing, "roles", ProblemCode.INVALID_OBJECT))
                .chain(() -> LimitedTransaction.committing(
                        tokens.create(wanted.name(), wanted.roles(), wanted.expiresAt(), caller, request.id())))
                .onFailure(Tokens.Expired.class)
                .transform(_ -> TokenRequest.expired())
                .map(made -> made.orElseThrow(() -> new ProblemException(
                        ProblemCode.NAME_TAKEN,
                        "a token has or had the name " + wanted.name() + ": a name is used once",
                        Problem.Extras.of(List.of(new Problem.FieldError("name", "must be another name"))))))
                .map(made -> Response.status(Response.Status.CREATED)
                        .header("Cache-Control", "no-store")
                        .header("X-Request-Id", request.id())
                        .entity(TokenView.of(made, clock.instant()))
                        .build());
    }

    /** Revokes a token. */
    @DELETE
    @Path("/{id}")
    @RolesAllowed(Role.Names.ADMIN)
    @APIResponseSchema(value = TokenView.class, responseCode = "200", responseDescription = "The revoked token")
    @APIResponse(
            responseCode = "404",
            description = "There is no token with this id, it is revoked already, or the caller may not see it")
    @Operation(
            operationId = "revokeToken",
            summary = "Revokes an API token",
            description = "It is refused from then on; other controllers refuse it within a second. The caller must be"
                    + " admin of the namespace of each of its roles.")
    public Uni<Response> revoke(
            @Parameter(
                            description = "The token's id",
                            example = Docs.UUID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
                    @PathParam("id")
                    String id) {
        Caller caller = callers.current();
        StoredToken token = uuid(id).flatMap(tokens::withId)
                .filter(known -> mayForAll(caller, known))
                .orElseThrow(() -> notFound(id));
        return LimitedTransaction.committing(tokens.revoke(token.id(), caller, request.id()))
                .map(revoked -> revoked.orElseThrow(() -> notFound(id)))
                .map(revoked -> Response.ok(TokenView.of(revoked, clock.instant()))
                        .header("X-Request-Id", request.id())
                        .build());
    }

    /** The caller itself. */
    @GET
    @Path("/caller")
    @RolesAllowed("**")
    @APIResponseSchema(
            value = TokenView.CallerView.class,
            responseCode = "200",
            responseDescription = "The caller of the request")
    @Operation(
            operationId = "getCaller",
            summary = "The caller of the request",
            description = "The name in audit events, the way of signing in, and the roles.")
    public TokenView.CallerView caller() {
        Caller caller = callers.current();
        return new TokenView.CallerView(
                caller.name(),
                caller.signIn().text(),
                caller.grants().stream().map(RoleGrant::toString).sorted().toList());
    }

    /** Whether the caller has one of the roles, or is admin, wherever the token has a role. */
    private static boolean mayForAll(Caller caller, StoredToken token, Role... roles) {
        boolean known =
                token.grants().stream().map(RoleGrant::namespace).allMatch(namespace -> caller.may(namespace, roles));
        // a role of a later version can be for any namespace
        return known && (token.isWhole() || caller.may(RoleGrant.EVERYWHERE, roles));
    }

    /** The same for a token that the caller may not see. */
    private static ProblemException notFound(String id) {
        String known = uuid(id).isPresent() ? "with the id " + id : "with this id, which is no UUID";
        return new ProblemException(
                ProblemCode.NOT_FOUND,
                "there is no token " + known + ", it is revoked already, or it is not for you to revoke");
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
