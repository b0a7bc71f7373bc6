package io.mesosiam.api.task;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.api.AnsweringController;
import io.mesosiam.api.PageTurns;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.list.ListParameters;
import io.mesosiam.api.list.ListRequest;
import io.mesosiam.api.sight.OwnDecisions;
import io.mesosiam.api.sight.Sight;
import io.mesosiam.api.task.TaskColumns.Listed;
import io.mesosiam.lease.LeaseRows;
import io.mesosiam.lease.reconcile.LaunchStanding;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.master.ClusterWatch;
import io.mesosiam.ownership.HostOwners;
import io.mesosiam.ownership.HostOwners.Owner;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.store.PolicyTable;
import io.mesosiam.signin.Callers;
import io.mesosiam.signin.Role;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Gatherers;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The running tasks, each with its credentials. */
@Path("/api/v1/tasks")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "tasks", description = "Tasks and their explanations: why a task has its credentials, or none")
@RunOnVirtualThread
public final class TasksResource {
    /** For how many tasks leases of other controllers' hosts are read and in memory at a time. */
    private static final int PART = 1000;

    private final ClusterWatch watch;
    private final Reconciler reconciler;
    private final PolicyTable policies;
    private final HostOwners owners;
    private final LeaseRows rows;
    private final Callers callers;
    private final ObjectMapper json;
    private final PageTurns turns;
    /** Of their own, since other lists must not wait for the database. */
    private final PageTurns readings = new PageTurns();

    private volatile RunningTasks running;
    private final AnsweringController answering;

    @Inject
    TasksResource(
            ClusterWatch watch,
            Reconciler reconciler,
            PolicyTable policies,
            HostOwners owners,
            LeaseRows rows,
            Callers callers,
            ObjectMapper json,
            PageTurns turns,
            AnsweringController answering) {
        this.answering = answering;
        this.watch = watch;
        this.reconciler = reconciler;
        this.policies = policies;
        this.owners = owners;
        this.rows = rows;
        this.callers = callers;
        this.json = json;
        this.turns = turns;
        this.running = RunningTasks.of(watch.state());
    }

    /** What is listed. */
    public static ListParameters.Kind kind() {
        return TaskColumns.LIST.kind();
    }

    /** The running tasks, a page at a time. */
    @GET
    @RolesAllowed({
        Role.Names.VIEWER,
        Role.Names.OPERATOR,
        Role.Names.NAMESPACE_ADMIN,
        Role.Names.SPAWNER,
        Role.Names.ADMIN,
        Role.Names.AUDITOR
    })
    @APIResponseSchema(value = TaskPage.class, responseCode = "200", responseDescription = "A page of the tasks")
    @Operation(
            operationId = "listTasks",
            summary = "The running tasks, and what each has for each credential name",
            description =
                    "Tasks that have not ended, by launch unless 'sort' is given, as the cluster was at most a second"
                            + " ago. Leases on hosts of other controllers are as these last wrote them to the database."
                            + " The filter {\"credentials\": \"none\"} finds those without credentials; 'reasonCode' and 'reason' say why,"
                            + " and the explanation of a task has every policy considered. A caller sees tasks that policies of the"
                            + " namespaces of its roles match, or have given a lease.")
    public TaskPage list(@BeanParam ListRequest request) {
        PolicySet set = policies.current();
        Sight sight = Sight.of(callers.current(), set);
        Parameters parameters = new Parameters();
        ListParameters list = request.of(kind(), parameters);
        parameters.check();
        Map<MesosAgentId, Owner> hosts = owners.all();
        Set<MesosAgentId> elsewhere = answering.elsewhere();
        return readings.take(() -> page(list, hosts, elsewhere, sight));
    }

    /**
     * Makes the page from a part of the tasks at a time, with the leases of those on other controllers' hosts. By launch, no
     * part after the page is read.
     */
    private TaskPage page(
            ListParameters list, Map<MesosAgentId, Owner> hosts, Set<MesosAgentId> elsewhere, Sight sight) {
        RunningTasks tasks = turns.take(() -> running.or(watch.state()));
        running = tasks;
        Function<Launch, LaunchStanding> here = reconciler.overview().standings();
        boolean byLaunch = TaskColumns.LIST.isById(list);
        Optional<Launch> last = byLaunch
                ? list.query().after().flatMap(position -> TaskColumns.launch(position.id()))
                : Optional.empty();
        AtomicReference<List<Listed>> first = new AtomicReference<>(List.of());
        StoredStandings stored = new StoredStandings(rows, elsewhere, answering.isDatabaseAway());
        boolean _ = tasks.after(last).gather(Gatherers.windowFixed(PART)).anyMatch(part -> {
            Shown shown = new Shown(tasks.state(), stored.with(here, part), hosts, sight);
            first.set(turns.take(() -> TaskColumns.LIST.first(
                    list, Stream.concat(first.get().stream(), among(part, shown, list, byLaunch)))));
            return byLaunch && first.get().size() > list.query().limit();
        });
        ListParameters.Page<Object> page =
                turns.take(() -> TaskColumns.LIST.page(list, first.get().stream(), Listed::view, json));
        return new TaskPage(answering.id(), page.items(), page.next());
    }

    /** The tasks of a part among which those of the page are. By launch, no task after the page is looked at. */
    private static Stream<Listed> among(List<LaunchedTask> part, Shown shown, ListParameters list, boolean byLaunch) {
        Stream<Listed> listed = part.stream().filter(shown::sees).map(shown::listed);
        return byLaunch
                ? listed.filter(TaskColumns.LIST.filter(list.query()))
                        .limit(list.query().limit() + 1L)
                : listed;
    }

    /** What a caller sees of tasks. */
    private record Shown(
            ClusterState state,
            Function<Launch, LaunchStanding> standings,
            Map<MesosAgentId, Owner> owners,
            Sight sight) {
        boolean sees(LaunchedTask task) {
            return sight.everything()
                    || standings.apply(task.launch()).leases().values().stream().anyMatch(sight::sees)
                    || sight.policies().concerns(Subject.of(task, state));
        }

        Listed listed(LaunchedTask task) {
            return new Listed(task.launch(), view(task));
        }

        private TaskView view(LaunchedTask task) {
            Launch launch = task.launch();
            MesosAgentId host = launch.key().agent();
            Optional<Owner> owner = Optional.ofNullable(owners.get(host));
            Optional<Framework> framework = state.framework(launch.key().framework());
            LaunchStanding standing = standings.apply(launch);
            TaskCredentials credentials = TaskCredentials.of(
                    standing, owner, task.task().container().isPresent(), names(task, standing), sight);
            return new TaskView(
                    launch.toString(),
                    launch.key().framework().value(),
                    launch.key().task().value(),
                    host.value(),
                    launch.sequence(),
                    task.task().name(),
                    "TASK_" + task.task().state(),
                    framework.map(Framework::name).orElse(null),
                    framework.flatMap(Framework::principal).orElse(null),
                    task.task().role().value(),
                    state.agent(host).map(MesosAgent::hostname).orElse(null),
                    task.task().container().map(Object::toString).orElse(null),
                    task.witnessed(),
                    owner.flatMap(Owner::controllerId).orElse(null),
                    credentials.summary(),
                    credentials.reasonCode(),
                    credentials.reason(),
                    credentials.names());
        }

        /** The names that policies or leases of the caller concern. */
        private Predicate<CredentialName> names(LaunchedTask task, LaunchStanding standing) {
            return sight.everything()
                    ? _ -> true
                    : OwnDecisions.names(
                            sight, Subject.of(task, state), standing.leases().values())::contains;
        }
    }
}
