package io.mesosiam.api.admin;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.AUDITOR;
import static io.mesosiam.signin.Role.Names.OPERATOR;
import static io.mesosiam.signin.Role.Names.VIEWER;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesosiam.admin.Author;
import io.mesosiam.admin.Written;
import io.mesosiam.admin.withdrawal.EndReview;
import io.mesosiam.admin.withdrawal.StoredWithdrawal;
import io.mesosiam.admin.withdrawal.Withdrawals;
import io.mesosiam.api.Docs;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.list.ListParameters;
import io.mesosiam.api.list.ListRequest;
import io.mesosiam.api.preview.WithdrawalReview;
import io.mesosiam.api.preview.WriteOptions;
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
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
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

/** The withdrawals: what ends leases until it is lifted. */
@Path("/api/v1/withdrawals")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "withdrawals", description = "What ends leases, and permits no new ones, until it is lifted")
@NonBlocking
public final class WithdrawalResource {
    /** What is listed. */
    public static final ListParameters.Kind WITHDRAWALS =
            ListParameters.Kind.of(Withdrawals.COLUMNS, Withdrawals.ID, "id", WithdrawalView.class);

    private final Withdrawals withdrawals;
    private final Authors authors;
    private final WithdrawalReview reviews;
    private final NamedTargets targets;
    private final InstantSource clock;
    private final ObjectMapper json;

    @Inject
    WithdrawalResource(
            Withdrawals withdrawals,
            Authors authors,
            WithdrawalReview reviews,
            NamedTargets targets,
            InstantSource clock,
            ObjectMapper json) {
        this.withdrawals = withdrawals;
        this.authors = authors;
        this.reviews = reviews;
        this.targets = targets;
        this.clock = clock;
        this.json = json;
    }

    /** The withdrawals by id, a page at a time. */
    @GET
    @RolesAllowed({VIEWER, OPERATOR, ADMIN, AUDITOR})
    @APIResponseSchema(value = WithdrawalView.Page.class, responseCode = "200", responseDescription = "A page")
    @Operation(
            operationId = "listWithdrawals",
            summary = "The withdrawals",
            description =
                    "By id, unless 'sort' is given. For viewer, operator, admin and auditor of the root namespace.")
    public Uni<WithdrawalView.Page> list(
            @Parameter(
                            description = "true: only those that are not lifted",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {"true", "false"},
                                            defaultValue = "true"))
                    @DefaultValue("true")
                    @QueryParam("standing")
                    String standing,
            @BeanParam ListRequest request) {
        Parameters parameters = new Parameters();
        ListParameters list = request.of(WITHDRAWALS, parameters);
        var _ = parameters.word("standing", standing, List.of("true", "false"));
        parameters.check();
        authors.require("/", Role.VIEWER, Role.OPERATOR, Role.AUDITOR);
        return withdrawals
                .list(standing.equals("true"), list.query())
                .map(found ->
                        list.page(found.map(withdrawal -> json.<ObjectNode>valueToTree(WithdrawalView.of(withdrawal)))))
                .map(page -> new WithdrawalView.Page(page.items(), page.next()));
    }

    /** Withdraws credentials. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({OPERATOR, ADMIN})
    @APIResponse(
            responseCode = "200",
            description = "For a dry run: what it would end",
            content = @Content(schema = @Schema(implementation = WithdrawalPreviewView.class)))
    @APIResponse(
            responseCode = "201",
            description = "It is created",
            content = @Content(schema = @Schema(implementation = WithdrawalView.class)))
    @APIResponse(responseCode = "409", description = "The same exists already")
    @APIResponse(responseCode = "422", description = AdminDocs.INVALID)
    @RequestBody(
            required = true,
            description = "Which launches are concerned",
            content = @Content(schema = @Schema(implementation = WithdrawalView.Request.class)))
    @Operation(
            operationId = "createWithdrawal",
            summary = "Withdraw credentials",
            description =
                    "Leases end at once on connected hosts; keys that a task has copied live until they expire. For operator and admin of the root namespace.")
    public Uni<Response> create(@BeanParam Reason reason, @BeanParam WriteOptions options, byte @Nullable [] body) {
        Parameters parameters = new Parameters();
        Author author = authors.author("/", reason.reason, parameters, Role.OPERATOR);
        WithdrawalReview.Request review = reviews.request(options, parameters);
        JsonNode document = Bodies.object(body);
        if (!parameters.isClean()) {
            return withdrawals
                    .create(document, author, EndReview.NEVER)
                    .map(written -> ObjectWrites.refused(written, parameters));
        }
        List<String> warnings = warnings(document);
        return withdrawals.create(document, author, review).map(written -> review.preview()
                .map(preview -> Response.ok(WithdrawalPreviewView.of(preview, warnings))
                        .header("X-Request-Id", author.requestId())
                        .build())
                .orElseGet(() ->
                        answer(written, author, stored -> WithdrawalView.made(stored, warnings, review.ended()))));
    }

    /** Lifts a withdrawal. */
    @POST
    @Path("{id}/lift")
    @RolesAllowed({OPERATOR, ADMIN})
    @APIResponse(
            responseCode = "200",
            description = "It is lifted",
            content = @Content(schema = @Schema(implementation = WithdrawalView.class)))
    @APIResponse(responseCode = "404", description = "There is none with this id")
    @Operation(
            operationId = "liftWithdrawal",
            summary = "Lift a withdrawal",
            description = "Tasks get credentials again as policy says. For operator and admin of the root namespace.")
    public Uni<Response> lift(
            @Parameter(
                            description = "Its id",
                            example = Docs.UUID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
                    @PathParam("id")
                    String id,
            @BeanParam Reason reason) {
        Parameters parameters = new Parameters();
        Optional<UUID> known = parameters.id("id", id);
        Author author = authors.author("/", reason.reason, parameters, Role.OPERATOR);
        parameters.check();
        return withdrawals
                .lift(known.orElseThrow(), clock, author)
                .map(written -> answer(written, author, WithdrawalView::of));
    }

    /** One launch ends, and the withdrawal with it: its ids needn't be in the cluster any more. */
    private List<String> warnings(JsonNode document) {
        return document.has("launchSequence")
                ? List.of()
                : targets.warnings(id(document, "frameworkId"), id(document, "mesosAgentId"));
    }

    private static Optional<String> id(JsonNode document, String field) {
        return Optional.ofNullable(document.get(field))
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue)
                .filter(RevocationRequest::isMesosId);
    }

    private static Response answer(
            Written<StoredWithdrawal> written, Author author, Function<StoredWithdrawal, WithdrawalView> created) {
        Response.ResponseBuilder response =
                switch (written) {
                    case Written.Created<StoredWithdrawal>(StoredWithdrawal stored) ->
                        Response.status(201).entity(created.apply(stored));
                    case Written.Changed<StoredWithdrawal>(StoredWithdrawal stored) ->
                        Response.ok(WithdrawalView.of(stored));
                    case Written.Unchanged<StoredWithdrawal>(StoredWithdrawal stored) ->
                        Response.ok(WithdrawalView.of(stored));
                    case Written.Deleted<StoredWithdrawal> _ -> Response.noContent();
                    case Written.Not<StoredWithdrawal> not -> throw RefusedProblem.of(not.why(), "");
                };
        return response.header("X-Request-Id", author.requestId()).build();
    }
}
