package io.mesosiam.api.host;

import static io.mesosiam.admin.ListColumn.Type.NUMBER;
import static io.mesosiam.admin.ListColumn.Type.TEXT;
import static io.mesosiam.admin.ListColumn.Type.TIME;
import static io.mesosiam.admin.ListColumn.Type.TRUTH;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.admin.Author;
import io.mesosiam.admin.Written;
import io.mesosiam.admin.host.JoinTokens;
import io.mesosiam.admin.host.StoredJoinToken;
import io.mesosiam.api.Docs;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.api.admin.AdminDocs;
import io.mesosiam.api.admin.Authors;
import io.mesosiam.api.admin.Bodies;
import io.mesosiam.api.admin.ObjectWrites;
import io.mesosiam.api.admin.Reason;
import io.mesosiam.api.admin.RefusedProblem;
import io.mesosiam.api.list.ListParameters;
import io.mesosiam.api.list.ListRequest;
import io.mesosiam.api.list.MemoryList;
import io.mesosiam.api.list.MemoryList.Column;
import io.mesosiam.channel.AgentChannel;
import io.mesosiam.enrol.HostAuthorities;
import io.mesosiam.enrol.JoinToken;
import io.mesosiam.signin.Role;
import io.mesosiam.signin.RoleGrant;
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
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
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

/** The join tokens: listed, made and revoked. */
@Path("/api/v1/join-tokens")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = HostDocs.TAG, description = HostDocs.TAG_DESCRIPTION)
@NonBlocking
public final class JoinTokensResource {
    private final JoinTokens tokens;
    private final HostAuthorities authorities;
    private final AgentChannel channel;
    private final Authors authors;
    private final InstantSource clock;
    private final ObjectMapper json;
    private final SecureRandom secure = new SecureRandom();

    @Inject
    JoinTokensResource(
            JoinTokens tokens,
            HostAuthorities authorities,
            AgentChannel channel,
            Authors authors,
            InstantSource clock,
            ObjectMapper json) {
        this.tokens = tokens;
        this.authorities = authorities;
        this.channel = channel;
        this.authors = authors;
        this.clock = clock;
        this.json = json;
    }

    /** What is listed. */
    public static ListParameters.Kind kind() {
        return columns(Instant.EPOCH).kind();
    }

    private static MemoryList<StoredJoinToken> columns(Instant now) {
        return new MemoryList<>(
                "joinTokenId",
                StoredJoinToken::id,
                List.of(
                        Column.of("hostname", TEXT, StoredJoinToken::hostname),
                        Column.of("uses", NUMBER, token -> (long) token.uses()),
                        Column.of("used", NUMBER, token -> (long) token.used()),
                        Column.of("expiresAt", TIME, StoredJoinToken::expiresAt),
                        Column.of("madeAt", TIME, StoredJoinToken::madeAt),
                        Column.of("madeBy", TEXT, StoredJoinToken::madeBy),
                        Column.of("valid", TRUTH, token -> token.isValid(now)),
                        Column.optional(
                                "revokedAt", TIME, token -> token.revoked().map(StoredJoinToken.Revocation::at)),
                        Column.optional(
                                "revokedBy", TEXT, token -> token.revoked().map(StoredJoinToken.Revocation::by))),
                JoinTokenView.class);
    }

    /** The tokens, a page at a time. */
    @GET
    @RolesAllowed({Role.Names.OPERATOR, Role.Names.ADMIN, Role.Names.AUDITOR})
    @APIResponseSchema(
            value = JoinTokenView.Page.class,
            responseCode = "200",
            responseDescription = "A page of the join tokens")
    @APIResponse(responseCode = "403", description = "The caller has none of the roles in /")
    @Operation(
            operationId = "listJoinTokens",
            summary = "The join tokens",
            description =
                    "Also used, expired and revoked ones, until 30 days after they expired, by id unless 'sort' is given."
                            + HostDocs.EVERYWHERE)
    public Uni<JoinTokenView.Page> list(@BeanParam ListRequest request) {
        Instant now = clock.instant();
        MemoryList<StoredJoinToken> list = columns(now);
        Parameters parameters = new Parameters();
        ListParameters wanted = request.of(list.kind(), parameters);
        parameters.check();
        authors.require(RoleGrant.EVERYWHERE, Role.OPERATOR, Role.AUDITOR);
        return tokens.all(
                        List.<StoredJoinToken>of(),
                        (first, part) -> list.first(wanted, Stream.concat(first.stream(), part)))
                .map(first -> list.page(wanted, first.stream(), token -> JoinTokenView.of(token, now), json))
                .map(page -> new JoinTokenView.Page(page.items(), page.next()));
    }

    /** Makes a token. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.Names.ADMIN)
    @APIResponse(
            responseCode = "200",
            description = "For a dry run: the token that would be made, without its text",
            content = @Content(schema = @Schema(implementation = JoinTokenView.class)))
    @APIResponse(
            responseCode = "201",
            description = "The token; its text is shown only here",
            content = @Content(schema = @Schema(implementation = JoinTokenView.class)))
    @APIResponse(responseCode = "403", description = "The caller is not admin of /")
    @APIResponse(responseCode = "409", description = "There is no authority that could sign: see 'mesos-iam ca init'")
    @APIResponse(responseCode = "422", description = AdminDocs.INVALID)
    @Operation(
            operationId = "createJoinToken",
            summary = "Makes a join token",
            description = "One host enrols with it, or as many as it has uses." + HostDocs.EVERYWHERE)
    public Uni<Response> create(
            @BeanParam Reason reason,
            @BeanParam HostDocs.DryRun dryRun,
            @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON,
                                            schema = @Schema(implementation = JoinTokenView.Request.class)))
                    byte @Nullable [] body) {
        Parameters parameters = new Parameters();
        Author author = authors.author(RoleGrant.EVERYWHERE, reason.reason, parameters);
        boolean dry = dryRun.of(parameters);
        Instant now = clock.instant();
        Optional<String> pin = authorities.pin(channel.certificate().getIssuerX500Principal(), now);
        JoinToken token = JoinToken.random(secure, UUID.randomUUID(), pin.orElse(""));
        return tokens.create(
                        token.id(),
                        token.hash(),
                        Bodies.object(body),
                        author,
                        dry || !parameters.isClean() || pin.isEmpty())
                .invoke(written -> ObjectWrites.refuse(written, parameters))
                .map(written -> switch (written) {
                    case Written.Not<StoredJoinToken> not -> throw RefusedProblem.of(not.why(), "");
                    case Written.Created<StoredJoinToken> _
                    when pin.isEmpty() ->
                        throw new ProblemException(
                                ProblemCode.CONFLICT,
                                "there is no authority that a host could trust: run 'mesos-iam ca init' on a controller's machine");
                    case Written.Created<StoredJoinToken>(StoredJoinToken stored)
                    when dry -> Response.ok(JoinTokenView.of(stored, now));
                    case Written.Created<StoredJoinToken>(StoredJoinToken stored) ->
                        Response.status(Response.Status.CREATED)
                                .header("Cache-Control", "no-store")
                                .entity(JoinTokenView.of(stored, now, token.reveal()));
                    case Written.Changed<StoredJoinToken> _,
                            Written.Unchanged<StoredJoinToken> _,
                            Written.Deleted<StoredJoinToken> _ ->
                        throw new IllegalStateException("a token is made, or not");
                })
                .map(answer -> answer.header("X-Request-Id", author.requestId()).build());
    }

    /** Revokes a token. */
    @DELETE
    @Path("/{id}")
    @RolesAllowed(Role.Names.ADMIN)
    @APIResponseSchema(
            value = JoinTokenView.class,
            responseCode = "200",
            responseDescription = "The token is revoked, now or before")
    @APIResponse(responseCode = "403", description = "The caller is not admin of /")
    @APIResponse(responseCode = "404", description = "There is no join token with this id")
    @Operation(
            operationId = "revokeJoinToken",
            summary = "Revokes a join token",
            description = "It is refused from then on; hosts that have enrolled with it stay." + HostDocs.EVERYWHERE)
    public Uni<Response> revoke(
            @Parameter(
                            description = "The token's id",
                            example = Docs.UUID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
                    @PathParam("id")
                    String id,
            @BeanParam Reason reason) {
        Parameters parameters = new Parameters();
        UUID known = parameters.id("id", id).orElse(new UUID(0, 0));
        Author author = authors.author(RoleGrant.EVERYWHERE, reason.reason, parameters);
        parameters.check();
        return tokens.revoke(known, author)
                .map(written -> switch (written) {
                    case Written.Changed<StoredJoinToken>(StoredJoinToken token) -> token;
                    case Written.Unchanged<StoredJoinToken>(StoredJoinToken token) -> token;
                    case Written.Not<StoredJoinToken> not -> throw RefusedProblem.of(not.why(), "");
                    case Written.Created<StoredJoinToken> _, Written.Deleted<StoredJoinToken> _ ->
                        throw new IllegalStateException("a token is revoked, or not");
                })
                .map(token -> Response.ok(JoinTokenView.of(token, clock.instant()))
                        .header("X-Request-Id", author.requestId())
                        .build());
    }
}
