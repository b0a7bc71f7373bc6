package io.mesosiam.api.admin;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.AUDITOR;
import static io.mesosiam.signin.Role.Names.NAMESPACE_ADMIN;
import static io.mesosiam.signin.Role.Names.OPERATOR;
import static io.mesosiam.signin.Role.Names.VIEWER;

import io.mesosiam.admin.Policies;
import io.mesosiam.admin.PolicyColumn;
import io.mesosiam.admin.PolicyQuery;
import io.mesosiam.admin.namespace.Namespaces;
import io.mesosiam.api.Docs;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.Problem;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The stored policies of a namespace. */
@Path("/api/v1/namespaces/{namespace}/policies")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "policies", description = "The policies in force, and the rows that can't be used")
@NonBlocking
public final class StoredPoliciesResource {
    private static final ListParameters.Kind<PolicyColumn> POLICIES =
            new ListParameters.Kind<>(List.of(PolicyColumn.values()), PolicyColumn.NAME, "policyId");

    private final Policies policies;
    private final Namespaces namespaces;
    private final Authors authors;

    @Inject
    StoredPoliciesResource(Policies policies, Namespaces namespaces, Authors authors) {
        this.policies = policies;
        this.namespaces = namespaces;
        this.authors = authors;
    }

    /** The stored policies, a page at a time. */
    @GET
    @RolesAllowed({VIEWER, OPERATOR, NAMESPACE_ADMIN, ADMIN, AUDITOR})
    @APIResponseSchema(
            value = StoredPolicyPage.class,
            responseCode = "200",
            responseDescription = "A page of stored policies")
    @APIResponse(
            responseCode = "400",
            description = "A parameter is not valid, or unknown; 'errors' names it",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "404",
            description = "There is no such namespace",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "default",
            description = "An error",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @Operation(
            operationId = "listStoredPolicies",
            summary = "The stored policies of a namespace",
            description = "As the database has them. " + AdminDocs.FOR_READERS)
    public Uni<StoredPolicyPage> list(
            @Parameter(
                            description = PolicyPath.NAMESPACE_DESCRIPTION,
                            example = "data.reporting",
                            schema = @Schema(type = SchemaType.STRING, pattern = PolicyPath.NAMESPACE))
                    @PathParam("namespace")
                    String namespace,
            @Parameter(
                            description = "true: with the policies of the namespaces below it",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {"true", "false"},
                                            defaultValue = "false"))
                    @DefaultValue("false")
                    @QueryParam("below")
                    String below,
            @Parameter(
                            description =
                                    "A JSON object of fields and the values that they must have, null for a field that is"
                                            + " not set. Fields of the content but arrays, objects and times",
                            example = "{\"effect\": \"allow\", \"region\": null}")
                    @QueryParam("filter")
                    @Nullable
                    String filter,
            @Parameter(
                            description =
                                    "The field to sort by, of those that can be filtered; with - before it descending",
                            example = "-priority")
                    @DefaultValue("name")
                    @QueryParam("sort")
                    String sort,
            @Parameter(
                            description = "The fields of the answer, with commas between them. Default: all",
                            example = "name,version,priority")
                    @QueryParam("fields")
                    @Nullable
                    String fields,
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
            @Parameter(description = Docs.CURSOR) @QueryParam("cursor") @Nullable String cursor) {
        Parameters parameters = new Parameters();
        String path = PolicyPath.namespace(namespace, parameters);
        var _ = parameters.word("below", below, List.of("true", "false"));
        ListParameters<PolicyColumn> list =
                ListParameters.of(POLICIES, filter, sort, fields, limit, cursor, parameters);
        parameters.check();
        authors.require(path, AdminDocs.readers());
        return namespaces
                .missing(List.of(path))
                .invoke(missing -> ProblemException.refuseMissing(missing, "namespace", ProblemCode.NOT_FOUND))
                .chain(() -> policies.list(
                        new PolicyQuery(path, below.equals("true"), list.query().andOneMore())))
                .map(found -> list.page(found.stream()
                        .map(policy -> StoredPolicyView.of(policy).json())
                        .toList()))
                .map(page -> new StoredPolicyPage(page.items(), page.next()));
    }
}
