package io.mesosiam.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.api.sight.Sight;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.master.ClusterWatch;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.store.PolicyTable;
import io.mesosiam.signin.Callers;
import io.mesosiam.signin.Role;
import io.smallrye.common.annotation.RunOnVirtualThread;
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
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Explanations of tasks. */
@Path("/api/v1/tasks")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "tasks", description = "Tasks and their explanations: why a task has its credentials, or none")
@RunOnVirtualThread
public final class TaskResource {
    private final ClusterWatch watch;
    private final PolicyTable policies;
    private final Explainer explainer;
    private final Callers callers;
    private final AnsweringController answering;
    private final PageTurns turns;
    /** Of their own, since lists must not wait for the database: what it has of a thousand tasks is in memory in a turn. */
    private final PageTurns explanations = new PageTurns();

    private final ObjectMapper json;

    @Inject
    TaskResource(
            ClusterWatch watch,
            PolicyTable policies,
            Explainer explainer,
            Callers callers,
            AnsweringController answering,
            PageTurns turns,
            ObjectMapper json) {
        this.answering = answering;
        this.turns = turns;
        this.json = json;
        this.watch = watch;
        this.policies = policies;
        this.explainer = explainer;
        this.callers = callers;
    }

    /** Explains each known launch of the task with the same code that decides, and with every policy considered. */
    @GET
    @RolesAllowed({
        Role.Names.VIEWER,
        Role.Names.OPERATOR,
        Role.Names.NAMESPACE_ADMIN,
        Role.Names.SPAWNER,
        Role.Names.ADMIN,
        Role.Names.AUDITOR
    })
    @Path("/{framework}/{task}/explain")
    @APIResponseSchema(
            value = TaskExplanation.class,
            responseCode = "200",
            responseDescription = "Why the task has its credentials, or none")
    @APIResponse(responseCode = "404", description = "The cluster shows no such task of this framework")
    @Operation(
            operationId = "explainTask",
            summary = "Explains a task: decisions with every policy considered, and leases",
            description = "For each launch of the task id: the decision by credential name, what it waits for and until"
                    + " when, withdrawals, refusals, the controller that has the host, and the leases. A caller sees"
                    + " tasks that policies of the namespaces of its roles match, or have given a lease; "
                    + Docs.HIDDEN_POLICIES)
    public TaskExplanation explain(
            @Parameter(
                            description = Docs.FRAMEWORK_ID,
                            example = Docs.FRAMEWORK_ID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, minLength = 1, maxLength = Parameters.MAX_TEXT))
                    @PathParam("framework")
                    String framework,
            @Parameter(
                            description = Docs.TASK_ID,
                            example = Docs.TASK_ID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, minLength = 1, maxLength = Parameters.MAX_TEXT))
                    @PathParam("task")
                    String task) {
        Parameters parameters = new Parameters();
        Optional<String> ofFramework = parameters.text("framework", framework);
        Optional<String> ofTask = parameters.text("task", task);
        parameters.check();
        ClusterState state = watch.state();
        PolicySet set = policies.current();
        Sight sight = Sight.of(callers.current(), set);
        TaskSearch search = new TaskSearch(ofFramework, ofTask, Optional.empty(), Optional.empty(), Optional.empty());
        List<LaunchedTask> launches = turns.take(() -> search.in(state, shown(sight, state), Parameters.MAX_LIMIT + 1));
        if (launches.isEmpty()) {
            throw new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "the cluster shows no task " + task + " of framework " + framework
                            + ", or none that your roles see");
        }
        JsonItems explained = explained(launches, Parameters.MAX_LIMIT, state, set, sight);
        return new TaskExplanation(
                answering.id(), framework, task, set.version(), state.version(), explained.items(), explained.more());
    }

    /** Explains every launch that matches all given parameters. */
    @GET
    @RolesAllowed({
        Role.Names.VIEWER,
        Role.Names.OPERATOR,
        Role.Names.NAMESPACE_ADMIN,
        Role.Names.SPAWNER,
        Role.Names.ADMIN,
        Role.Names.AUDITOR
    })
    @Path("/explain")
    @APIResponseSchema(
            value = TaskExplanation.Found.class,
            responseCode = "200",
            responseDescription =
                    "Why each task found has its credentials, or none; an empty list if there is" + " no such task")
    @Operation(
            operationId = "findTasks",
            summary = "Finds tasks by name, container, host, framework or id, and explains them",
            description =
                    "Finds the launches that match every given parameter, of those that policies of the namespaces"
                            + " of the caller's roles match, or have given a lease; " + Docs.HIDDEN_POLICIES)
    public TaskExplanation.Found find(
            @Parameter(
                            description = Docs.FRAMEWORK_ID,
                            example = Docs.FRAMEWORK_ID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, minLength = 1, maxLength = Parameters.MAX_TEXT))
                    @QueryParam("framework")
                    @Nullable
                    String framework,
            @Parameter(
                            description = Docs.TASK_ID,
                            example = Docs.TASK_ID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, minLength = 1, maxLength = Parameters.MAX_TEXT))
                    @QueryParam("task")
                    @Nullable
                    String task,
            @Parameter(
                            description = "The task's name",
                            example = "report",
                            schema = @Schema(type = SchemaType.STRING, minLength = 1, maxLength = Parameters.MAX_TEXT))
                    @QueryParam("name")
                    @Nullable
                    String name,
            @Parameter(
                            description = "A container's id: the whole path, or one of the containers in it",
                            example = Docs.CONTAINER_ID_EXAMPLE,
                            schema = @Schema(type = SchemaType.STRING, minLength = 1, maxLength = Parameters.MAX_TEXT))
                    @QueryParam("container")
                    @Nullable
                    String container,
            @Parameter(
                            description = "The Mesos agent's host name, address or id",
                            example = "host7.example",
                            schema = @Schema(type = SchemaType.STRING, minLength = 1, maxLength = Parameters.MAX_TEXT))
                    @QueryParam("host")
                    @Nullable
                    String host,
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
                    String limit) {
        Parameters parameters = new Parameters();
        TaskSearch search = new TaskSearch(
                parameters.text("framework", framework),
                parameters.text("task", task),
                parameters.text("name", name),
                parameters.text("container", container),
                parameters.text("host", host));
        int most = parameters.number("limit", limit, 1, Parameters.MAX_LIMIT);
        parameters.check();
        ClusterState state = watch.state();
        PolicySet set = policies.current();
        Sight sight = Sight.of(callers.current(), set);
        List<LaunchedTask> found = turns.take(() -> search.in(state, shown(sight, state), most + 1));
        JsonItems explained = explained(found, most, state, set, sight);
        return new TaskExplanation.Found(
                answering.id(),
                set.version(),
                state.version(),
                explained.items(),
                explained.more(),
                found.isEmpty()
                        ? "no task that the cluster shows and that your roles see has these values: they are compared whole"
                        : null);
    }

    /**
     * The turn of lists begins once the database has answered.
     *
     * @param found at most one more than {@code most}
     */
    private JsonItems explained(List<LaunchedTask> found, int most, ClusterState state, PolicySet set, Sight sight) {
        return explanations.take(() -> {
            Stream<ExplainedLaunch> explained = explainer.explain(found, state, set, sight);
            return turns.take(() -> JsonItems.of(explained, most, json));
        });
    }

    private Predicate<LaunchedTask> shown(Sight sight, ClusterState state) {
        Set<Launch> leased = sight.everything() ? Set.of() : sight.leased(explainer.leases());
        return task -> sight.sees(task, state, leased);
    }
}
