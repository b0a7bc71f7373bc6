package io.mesosiam.api.explain;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.api.Docs;
import io.mesosiam.api.ExplainedDecision;
import io.mesosiam.api.ExplainedTask;
import io.mesosiam.api.JsonItems;
import io.mesosiam.api.PageTurns;
import io.mesosiam.api.PolicyRows;
import io.mesosiam.api.admin.Bodies;
import io.mesosiam.api.sight.OwnDecisions;
import io.mesosiam.api.sight.Sight;
import io.mesosiam.mesos.master.ClusterWatch;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.store.PolicyTable;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Callers;
import io.mesosiam.signin.Role;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Explanations of tasks that don't exist. */
@Path("/api/v1/explanations")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "tasks", description = "Explanations of tasks: why a task has its credentials, or none")
@RunOnVirtualThread
public final class ExplanationResource {
    private final ClusterWatch watch;
    private final PolicyTable policies;
    private final Callers callers;
    private final PageTurns turns;
    private final ObjectMapper json;

    @Inject
    ExplanationResource(ClusterWatch watch, PolicyTable policies, Callers callers, PageTurns turns, ObjectMapper json) {
        this.turns = turns;
        this.json = json;
        this.watch = watch;
        this.policies = policies;
        this.callers = callers;
    }

    /** Decides about a task that doesn't exist, by the policies in force. Nothing is stored. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({
        Role.Names.VIEWER,
        Role.Names.OPERATOR,
        Role.Names.NAMESPACE_ADMIN,
        Role.Names.SPAWNER,
        Role.Names.ADMIN,
        Role.Names.AUDITOR
    })
    @APIResponseSchema(
            value = ExplanationView.class,
            responseCode = "200",
            responseDescription = "What the policies give such a task")
    @APIResponse(responseCode = "422", description = "The task is not valid; 'errors' names every wrong field")
    @RequestBody(
            required = true,
            description = "The task",
            content = @Content(schema = @Schema(implementation = HypotheticalTaskSchema.class)))
    @Operation(
            operationId = "explainHypotheticalTask",
            summary = "Explains what a task would get that doesn't exist",
            description =
                    "The decision for each credential name, with every policy considered, by the code that decides. It"
                            + " changes nothing. A caller sees what policies of the namespaces of its roles have a part in; "
                            + Docs.HIDDEN_POLICIES)
    public ExplanationView explain(byte @Nullable [] body) {
        Caller caller = callers.current();
        Subject subject =
                HypotheticalTask.read(Bodies.object(body), watch.state().enforcement());
        PolicySet set = policies.current();
        return turns.take(() -> explained(subject, set, Sight.of(caller, set)));
    }

    private ExplanationView explained(Subject subject, PolicySet set, Sight sight) {
        JsonItems decisions = JsonItems.of(
                ExplainedDecision.of(
                        OwnDecisions.of(set, subject, sight, List.of()), Map.of(), subject, PolicyRows.of(set, sight)),
                Integer.MAX_VALUE,
                json);
        return new ExplanationView(
                set.version(),
                subject.enforcement().principals(),
                ExplainedTask.of(subject),
                decisions.items(),
                decisions.more());
    }
}
