package io.mesosiam.api;

import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.store.PolicyTable;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Callers;
import io.mesosiam.signin.Role;
import io.mesosiam.signin.RoleGrant;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The policies in effect, and the rows that are invalid. */
@Path("/api/v1/policies")
@Produces(MediaType.APPLICATION_JSON)
@APIResponse(
        responseCode = "400",
        description = "A parameter is not valid, or unknown; 'errors' names it",
        content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
@APIResponse(
        responseCode = "default",
        description = "An error",
        content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
@Tag(name = "policies", description = "The policies in force, and the rows that can't be used")
@NonBlocking
public final class PolicyResource {
    private final PolicyTable policies;
    private final Callers callers;

    @Inject
    PolicyResource(PolicyTable policies, Callers callers) {
        this.policies = policies;
        this.callers = callers;
    }

    /** The policies by id, a page at a time. */
    @GET
    @RolesAllowed({
        Role.Names.VIEWER,
        Role.Names.OPERATOR,
        Role.Names.NAMESPACE_ADMIN,
        Role.Names.SPAWNER,
        Role.Names.ADMIN,
        Role.Names.AUDITOR
    })
    @APIResponseSchema(value = PolicyPage.class, responseCode = "200", responseDescription = "A page of the policies")
    @Operation(
            operationId = "listPolicies",
            summary = "The policies in force, by id",
            description = "As this controller last read them, with the version of the policy table. A caller sees the"
                    + " policies of the namespaces of its roles; rows that can't be used only with a role in /.")
    public PolicyPage list(
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
        PageRequest page = PageRequest.of(limit, cursor, new Parameters());
        PolicySet set = policies.current();
        Caller caller = callers.current();
        List<PolicyView> sorted = set.policies().stream()
                .filter(policy -> caller.sees(policy.namespace()))
                .map(policy -> PolicyView.of(
                        policy, Optional.ofNullable(set.outOfBounds().get(policy.id()))))
                .sorted(Comparator.comparing(PolicyView::policyId))
                .toList();
        PageRequest.Cut<PolicyView> cut = page.cut(sorted, PolicyView::policyId);
        List<PolicyPage.Rejected> rejected = set.rejected().stream()
                .filter(_ -> caller.sees(RoleGrant.EVERYWHERE))
                .map(PolicyPage.Rejected::of)
                .toList();
        return new PolicyPage(set.version(), cut.items(), rejected, cut.next());
    }
}
