package io.mesosiam.api.list;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.api.PageTurns;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.PolicyView;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.store.PolicyTable;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Callers;
import io.mesosiam.signin.Role;
import io.mesosiam.signin.RoleGrant;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The policies in effect, and the rows that are invalid. */
@Path("/api/v1/policies")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "policies", description = "The policies in force, and the rows that can't be used")
@RunOnVirtualThread
public final class PolicyResource {
    private final PolicyTable policies;
    private final Callers callers;
    private final ObjectMapper json;
    private final PageTurns turns;

    @Inject
    PolicyResource(PolicyTable policies, Callers callers, ObjectMapper json, PageTurns turns) {
        this.policies = policies;
        this.callers = callers;
        this.json = json;
        this.turns = turns;
    }

    /** What is listed. */
    public static ListParameters.Kind kind() {
        return PolicyColumns.list(PolicySet.of(0, List.of())).kind();
    }

    /** The policies, a page at a time. */
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
            summary = "The policies in force",
            description =
                    "As this controller last read them, by id unless 'sort' is given, with the version of the policy table."
                            + " A caller sees the"
                            + " policies of the namespaces of its roles; rows that can't be used only with a role in /.")
    public PolicyPage list(@BeanParam ListRequest request) {
        PolicySet set = policies.current();
        Caller caller = callers.current();
        MemoryList<Policy> list = PolicyColumns.list(set);
        Parameters parameters = new Parameters();
        ListParameters wanted = request.of(list.kind(), parameters);
        parameters.check();
        return turns.take(() -> page(set, caller, list, wanted));
    }

    private PolicyPage page(PolicySet set, Caller caller, MemoryList<Policy> list, ListParameters wanted) {
        ListParameters.Page<Object> page = list.page(
                wanted,
                set.policies().stream().filter(policy -> caller.sees(policy.namespace())),
                policy -> PolicyView.of(policy, PolicyColumns.outOfBounds(set, policy)),
                json);
        return PolicyPage.of(set.version(), page, caller.sees(RoleGrant.EVERYWHERE) ? set.rejected() : List.of());
    }
}
