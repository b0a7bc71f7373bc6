package io.mesosiam.api.explain;

import io.mesosiam.api.Docs;
import io.mesosiam.api.LeaseView;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.api.sight.Sight;
import io.mesosiam.audit.AuditFilter;
import io.mesosiam.audit.AuditQuery;
import io.mesosiam.lease.store.LeaseTable;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.store.PolicyTable;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Callers;
import io.mesosiam.signin.Role;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What tasks had, from the rows of their leases and the audit trail. */
@Path("/api/v1/tasks/{framework}/{task}/history")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "tasks", description = "Explanations of tasks: why a task has its credentials, or none")
@RunOnVirtualThread
public final class TaskHistoryResource {
    private static final int MOST = 1000;
    private static final String STORABLE = "^[^\\u0000]+$";

    private final AuditQuery events;
    private final LeaseTable leases;
    private final PolicyTable policies;
    private final Callers callers;

    @Inject
    TaskHistoryResource(AuditQuery events, LeaseTable leases, PolicyTable policies, Callers callers) {
        this.events = events;
        this.leases = leases;
        this.policies = policies;
        this.callers = callers;
    }

    /** What a task had, whether it runs or has ended. */
    @GET
    @RolesAllowed({
        Role.Names.VIEWER,
        Role.Names.OPERATOR,
        Role.Names.NAMESPACE_ADMIN,
        Role.Names.SPAWNER,
        Role.Names.ADMIN,
        Role.Names.AUDITOR
    })
    @APIResponseSchema(value = TaskHistoryView.class, responseCode = "200", responseDescription = "What it had")
    @APIResponse(responseCode = "404", description = "The audit trail has no event of such a task")
    @Operation(
            operationId = "explainEndedTask",
            summary = "Explains what a task had that may have ended",
            description =
                    "From the database: each lease of the task id with the policy and version that gave it, when and why"
                            + " it ended, and the events in between, such as refusals. It reaches back as far as the audit trail is"
                            + " kept. A caller sees what policies of the namespaces of its roles have given; "
                            + Docs.HIDDEN_POLICIES)
    public TaskHistoryView history(
            @Parameter(
                            description = Docs.FRAMEWORK_ID,
                            example = Docs.FRAMEWORK_ID_EXAMPLE,
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            maxLength = Parameters.MAX_TEXT,
                                            pattern = STORABLE))
                    @PathParam("framework")
                    String framework,
            @Parameter(
                            description = Docs.TASK_ID,
                            example = Docs.TASK_ID_EXAMPLE,
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            maxLength = Parameters.MAX_TEXT,
                                            pattern = STORABLE))
                    @PathParam("task")
                    String task) {
        Caller caller = callers.current();
        Sight sight = Sight.of(caller, policies.current());
        Parameters parameters = new Parameters();
        Optional<String> ofFramework = id("framework", framework, parameters);
        Optional<String> ofTask = id("task", task, parameters);
        parameters.check();
        var found = events.newest(filter(ofFramework, ofTask, caller), Long.MAX_VALUE, AuditQuery.Most.ofPage(MOST));
        if (found.events().isEmpty()) {
            throw new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "the audit trail has no event of task " + task + " of framework " + framework
                            + ", or none that your roles see");
        }
        List<TaskHistoryView.Event> shown = found.events().stream()
                .map(event -> TaskHistoryView.Event.of(event, sight))
                .toList()
                .reversed();
        List<LeaseView> had = leases.of(TaskHistoryView.leases(shown)).stream()
                .filter(sight::sees)
                .map(lease -> LeaseView.of(lease, sight::sentence))
                .toList();
        return new TaskHistoryView(framework, task, had, shown, names(shown, had), found.more());
    }

    /** PostgreSQL stores no U+0000, so no event has it. */
    private static Optional<String> id(String name, String text, Parameters parameters) {
        return parameters
                .text(name, text)
                .filter(value ->
                        parameters.require(name, value.matches(STORABLE), "must not have the character U+0000"));
    }

    private static AuditFilter filter(Optional<String> framework, Optional<String> task, Caller caller) {
        return new AuditFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                framework,
                task,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                caller.namespaces(Role.values()));
    }

    private Map<String, String> names(List<TaskHistoryView.Event> shown, List<LeaseView> had) {
        Set<String> pointedAt = Stream.concat(
                        shown.stream().flatMap(event -> Stream.ofNullable(event.policyId())),
                        had.stream().map(LeaseView::policyId))
                .collect(Collectors.toSet());
        Map<String, String> names = new TreeMap<>();
        for (Policy policy : policies.current().policies()) {
            if (pointedAt.contains(policy.id().toString())) {
                names.put(policy.id().toString(), policy.path());
            }
        }
        return names;
    }
}
