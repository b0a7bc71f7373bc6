package io.mesosiam.api;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.Reconciler;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ClusterWatch;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.PolicyTable;
import io.mesosiam.policy.Subject;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Tasks, and why they have what they have. */
@Path("/api/v1/tasks/{framework}/{task}")
@Produces(MediaType.APPLICATION_JSON)
@APIResponse(
        responseCode = "default",
        description = "What is wrong",
        content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
@Tag(name = "tasks")
@RunOnVirtualThread
public final class TaskResource {
    private static final Comparator<LaunchedTask> NEWEST_FIRST = Comparator.<LaunchedTask>comparingLong(
                    task -> task.launch().sequence())
            .reversed();

    private final ClusterWatch watch;
    private final PolicyTable policies;
    private final Reconciler reconciler;

    @Inject
    TaskResource(ClusterWatch watch, PolicyTable policies, Reconciler reconciler) {
        this.watch = watch;
        this.policies = policies;
        this.reconciler = reconciler;
    }

    /** The decisions for each known run of the task, by the code that decides, with every policy considered. */
    @GET
    @Path("/explain")
    @APIResponseSchema(
            value = TaskExplanation.class,
            responseCode = "200",
            responseDescription = "Why the task has what it has")
    @Operation(
            operationId = "explainTask",
            summary = "What policy says of a task, with every policy considered, and its leases")
    public TaskExplanation explain(@PathParam("framework") String framework, @PathParam("task") String task) {
        ClusterState state = watch.state();
        PolicySet set = policies.current();
        List<LaunchedTask> launches = state.launches().values().stream()
                .filter(known -> known.launch().key().framework().value().equals(framework))
                .filter(known -> known.launch().key().task().value().equals(task))
                .sorted(NEWEST_FIRST)
                .toList();
        if (launches.isEmpty()) {
            throw new ProblemException(ProblemCode.NOT_FOUND, "the cluster shows no such task of this framework");
        }
        Set<Launch> shown = launches.stream().map(LaunchedTask::launch).collect(Collectors.toSet());
        Map<Launch, List<Lease>> leases = reconciler.leases().stream()
                .filter(lease -> shown.contains(lease.launch()))
                .collect(Collectors.groupingBy(Lease::launch));
        return new TaskExplanation(
                framework,
                task,
                set.version(),
                state.version(),
                launches.stream()
                        .map(known -> TaskExplanation.ExplainedLaunch.of(
                                known,
                                set.decide(Subject.of(known, state)),
                                reconciler.waiting(known.launch()),
                                leases.getOrDefault(known.launch(), List.of()).stream()
                                        .map(LeaseView::of)
                                        .toList()))
                        .toList());
    }
}
