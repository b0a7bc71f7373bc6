package io.mesosiam.api.admin;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.AUDITOR;
import static io.mesosiam.signin.Role.Names.NAMESPACE_ADMIN;
import static io.mesosiam.signin.Role.Names.OPERATOR;
import static io.mesosiam.signin.Role.Names.VIEWER;

import io.mesosiam.admin.Policies;
import io.mesosiam.admin.PolicyQuery;
import io.mesosiam.admin.namespace.Namespaces;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.api.list.ListParameters;
import io.mesosiam.api.list.ListRequest;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
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
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The stored policies of a namespace. */
@Path("/api/v1/namespaces/{namespace}/policies")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "policies", description = "The policies in force, and the rows that can't be used")
@NonBlocking
public final class StoredPoliciesResource {
    /** What is listed. */
    public static final ListParameters.Kind POLICIES = ListParameters.Kind.of(
                    PolicyQuery.COLUMNS, PolicyQuery.NAME, "policyId", StoredPolicyView.class)
            .with("content", ListParameters.Kind.names(PolicyContentSchema.class));

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
    @APIResponse(responseCode = "404", description = "There is no such namespace, or no such page")
    @Operation(
            operationId = "listStoredPolicies",
            summary = "The stored policies of a namespace",
            description = "As the database has them, by name unless 'sort' is given. " + AdminDocs.FOR_READERS)
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
            @BeanParam ListRequest request) {
        Parameters parameters = new Parameters();
        String path = PolicyPath.namespace(namespace, parameters);
        var _ = parameters.word("below", below, List.of("true", "false"));
        ListParameters list = request.of(POLICIES, parameters);
        parameters.check();
        authors.require(path, AdminDocs.readers());
        return namespaces
                .missing(List.of(path))
                .invoke(missing -> ProblemException.refuseMissing(missing, "namespace", ProblemCode.NOT_FOUND))
                .chain(() -> policies.list(new PolicyQuery(path, below.equals("true"), list.query())))
                .map(found -> list.page(
                        found.map(policy -> StoredPolicyView.of(policy).json())))
                .map(page -> new StoredPolicyPage(page.items(), page.next()));
    }
}
