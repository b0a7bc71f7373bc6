package io.mesosiam.api.explain;

import io.mesosiam.api.ExplainedDecision;
import io.mesosiam.api.ExplainedDecision.PolicyRows;
import io.mesosiam.api.ExplainedTask;
import io.mesosiam.api.Problem;
import io.mesosiam.api.admin.Bodies;
import io.mesosiam.mesos.master.ClusterWatch;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.store.PolicyTable;
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
import java.util.Optional;
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
@APIResponse(
        responseCode = "400",
        description = "A parameter is not valid, or unknown; 'errors' names it",
        content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
@APIResponse(
        responseCode = "default",
        description = "An error",
        content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
@Tag(name = "tasks", description = "Explanations of tasks: why a task has its credentials, or none")
@RunOnVirtualThread
public final class ExplanationResource {
    private final ClusterWatch watch;
    private final PolicyTable policies;
    private final Callers callers;

    @Inject
    ExplanationResource(ClusterWatch watch, PolicyTable policies, Callers callers) {
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
    @APIResponse(
            responseCode = "422",
            description = "The task is not valid; 'errors' names every wrong field",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @RequestBody(
            required = true,
            description = "The task",
            content = @Content(schema = @Schema(implementation = HypotheticalTaskSchema.class)))
    @Operation(
            operationId = "explainHypotheticalTask",
            summary = "Explains what a task would get that doesn't exist",
            description =
                    "The decision for each credential name, with every policy considered, by the code that decides. It"
                            + " changes nothing. Needs a role in the namespace /; other callers are refused.")
    public ExplanationView explain(byte @Nullable [] body) {
        callers.requireSight();
        Subject subject =
                HypotheticalTask.read(Bodies.object(body), watch.state().enforcement());
        PolicySet set = policies.current();
        PolicyRows rows = PolicyRows.of(set);
        return new ExplanationView(
                set.version(),
                subject.enforcement().principals(),
                ExplainedTask.of(subject),
                set.decide(subject).entrySet().stream()
                        .map(entry ->
                                ExplainedDecision.of(entry.getKey(), entry.getValue(), Optional.empty(), subject, rows))
                        .toList());
    }
}
