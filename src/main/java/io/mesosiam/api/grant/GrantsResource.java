package io.mesosiam.api.grant;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.AUDITOR;
import static io.mesosiam.signin.Role.Names.NAMESPACE_ADMIN;
import static io.mesosiam.signin.Role.Names.OPERATOR;
import static io.mesosiam.signin.Role.Names.SPAWNER;
import static io.mesosiam.signin.Role.Names.VIEWER;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesosiam.admin.Author;
import io.mesosiam.admin.Written;
import io.mesosiam.admin.grant.GrantQuery;
import io.mesosiam.admin.grant.LaunchGrants;
import io.mesosiam.admin.grant.StoredGrant;
import io.mesosiam.admin.namespace.Namespaces;
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
import io.mesosiam.api.namespace.NamespacePath;
import io.mesosiam.api.preview.GrantReview;
import io.mesosiam.api.preview.PreviewView;
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
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.links.Link;
import org.eclipse.microprofile.openapi.annotations.links.LinkParameter;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The launch grants of a namespace: a program asks for one just before it launches a task. */
@Path("/api/v1/namespaces/{namespace}/grants")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = GrantDocs.TAG, description = GrantDocs.TAG_DESCRIPTION)
@NonBlocking
public final class GrantsResource {
    /** What is listed. */
    public static final ListParameters.Kind GRANTS =
            ListParameters.Kind.of(GrantQuery.COLUMNS, GrantQuery.GRANT, "grantId", GrantView.class);

    private final LaunchGrants grants;
    private final Namespaces namespaces;
    private final Authors authors;
    private final GrantReview reviews;
    private final ObjectMapper json;

    @Inject
    GrantsResource(
            LaunchGrants grants, Namespaces namespaces, Authors authors, GrantReview reviews, ObjectMapper json) {
        this.grants = grants;
        this.namespaces = namespaces;
        this.authors = authors;
        this.reviews = reviews;
        this.json = json;
    }

    /** The grants, a page at a time. */
    @GET
    @RolesAllowed({VIEWER, OPERATOR, NAMESPACE_ADMIN, SPAWNER, ADMIN, AUDITOR})
    @APIResponseSchema(value = GrantView.Page.class, responseCode = "200", responseDescription = "A page of grants")
    @APIResponse(responseCode = "404", description = "There is no such namespace, or no such page")
    @Operation(
            operationId = "listLaunchGrants",
            summary = "The launch grants of a namespace",
            description = "By id, unless 'sort' is given. " + GrantDocs.FOR_READERS)
    public Uni<GrantView.Page> list(
            @BeanParam NamespacePath namespace,
            @Parameter(
                            description = "true: with the grants of the namespaces below it",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {"true", "false"},
                                            defaultValue = "false"))
                    @DefaultValue("false")
                    @QueryParam("below")
                    String below,
            @Parameter(
                            description = "true: only those that have not ended",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {"true", "false"},
                                            defaultValue = "true"))
                    @DefaultValue("true")
                    @QueryParam("open")
                    String open,
            @BeanParam ListRequest request) {
        Parameters parameters = new Parameters();
        String path = namespace.of(parameters);
        var _ = parameters.word("below", below, List.of("true", "false"));
        var _ = parameters.word("open", open, List.of("true", "false"));
        ListParameters list = request.of(GRANTS, parameters);
        parameters.check();
        authors.require(path, GrantDocs.readers());
        return namespaces
                .missing(List.of(path))
                .invoke(missing -> ProblemException.refuseMissing(missing, "namespace", ProblemCode.NOT_FOUND))
                .chain(() -> grants.list(new GrantQuery(path, below.equals("true"), open.equals("true"), list.query())))
                .map(found -> list.page(found.map(grant -> json.<ObjectNode>valueToTree(GrantView.of(grant)))))
                .map(page -> new GrantView.Page(page.items(), page.next()));
    }

    /** Makes a grant. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({NAMESPACE_ADMIN, SPAWNER, ADMIN})
    @APIResponse(
            responseCode = "200",
            description = "For a dry run: what it would do",
            content = @Content(schema = @Schema(implementation = PreviewView.class)))
    @APIResponse(
            responseCode = "201",
            description = "It is made. Set the task's label mesos-iam/grant to grantId, unless taskId is set",
            headers =
                    @Header(
                            name = HttpHeaders.LOCATION,
                            description = "The grant's path",
                            schema = @Schema(type = SchemaType.STRING)),
            links = {
                @Link(
                        name = "read",
                        operationId = "getLaunchGrant",
                        parameters = {
                            @LinkParameter(name = "namespace", expression = GrantDocs.SAME_NAMESPACE),
                            @LinkParameter(name = "id", expression = GrantDocs.MADE)
                        }),
                @Link(
                        name = "end",
                        operationId = "endLaunchGrant",
                        parameters = {
                            @LinkParameter(name = "namespace", expression = GrantDocs.SAME_NAMESPACE),
                            @LinkParameter(name = "id", expression = GrantDocs.MADE)
                        })
            },
            content = @Content(schema = @Schema(implementation = GrantView.class)))
    @APIResponse(
            responseCode = "409",
            description = "The topmost namespace has, with those below it, 10,000 grants that have not ended")
    @APIResponse(responseCode = "422", description = AdminDocs.INVALID)
    @RequestBody(
            required = true,
            description = "Which launch gets which IAM role",
            content = @Content(schema = @Schema(implementation = GrantRequestSchema.class)))
    @Operation(
            operationId = "createLaunchGrant",
            summary = "Give one launch an IAM role",
            description =
                    "The first launch that fits gets it, and it ends with the launch. It is within the bounds of the"
                            + " namespace and of those above it. For spawner, namespace-admin and admin of the namespace.")
    public Uni<Response> create(
            @BeanParam NamespacePath namespace,
            @BeanParam Reason reason,
            @BeanParam WriteOptions options,
            byte @Nullable [] body) {
        Parameters parameters = new Parameters();
        String path = namespace.of(parameters);
        Author author = authors.author(path, reason.reason, parameters, Role.SPAWNER, Role.NAMESPACE_ADMIN);
        boolean dry = options.dry(parameters);
        var _ = options.confirmed(parameters);
        return grants.create(path, Bodies.object(body), author, dry || !parameters.isClean())
                .invoke(written -> ObjectWrites.refuse(written, parameters))
                .chain(written -> switch (written) {
                    case Written.Created<StoredGrant>(StoredGrant grant)
                    when dry -> reviews.made(grant).map(Response::ok);
                    case Written.Created<StoredGrant>(StoredGrant grant) ->
                        Uni.createFrom().item(created(namespace, grant));
                    case Written.Not<StoredGrant> not -> throw RefusedProblem.of(not.why(), "");
                    case Written.Changed<StoredGrant> _,
                            Written.Unchanged<StoredGrant> _,
                            Written.Deleted<StoredGrant> _ ->
                        throw new IllegalStateException("a grant is made, or not");
                })
                .map(answer -> answer.header("X-Request-Id", author.requestId()).build());
    }

    private static Response.ResponseBuilder created(NamespacePath namespace, StoredGrant grant) {
        return Response.status(Response.Status.CREATED)
                .header(HttpHeaders.LOCATION, "/api/v1/namespaces/" + namespace.namespace + "/grants/" + grant.id())
                .entity(GrantView.of(grant));
    }
}
