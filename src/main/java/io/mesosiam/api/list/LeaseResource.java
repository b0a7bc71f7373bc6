package io.mesosiam.api.list;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.admin.ListQuery;
import io.mesosiam.api.AnsweringController;
import io.mesosiam.api.LeaseView;
import io.mesosiam.api.PageTurns;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.sight.Sight;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.reconcile.LeaseOverview;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.PolicySet;
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
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The leases of this controller, live and recently reaped. */
@Path("/api/v1/leases")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "leases", description = "The leases that this controller keeps")
@RunOnVirtualThread
public final class LeaseResource {
    /** No lease has this id. */
    private static final UUID BEFORE_ALL = new UUID(0, 0);

    private final Reconciler reconciler;
    private final PolicyTable policies;
    private final Callers callers;
    private final ObjectMapper json;
    private final PageTurns turns;
    private final AnsweringController answering;

    @Inject
    LeaseResource(
            Reconciler reconciler,
            PolicyTable policies,
            Callers callers,
            ObjectMapper json,
            PageTurns turns,
            AnsweringController answering) {
        this.answering = answering;
        this.reconciler = reconciler;
        this.policies = policies;
        this.callers = callers;
        this.json = json;
        this.turns = turns;
    }

    /** What is listed. */
    public static ListParameters.Kind kind() {
        return LeaseColumns.list(Sight.everything(PolicySet.of(0, List.of()))).kind();
    }

    /** The leases, a page at a time. */
    @GET
    @RolesAllowed({
        Role.Names.VIEWER,
        Role.Names.OPERATOR,
        Role.Names.NAMESPACE_ADMIN,
        Role.Names.SPAWNER,
        Role.Names.ADMIN,
        Role.Names.AUDITOR
    })
    @APIResponseSchema(value = LeasePage.class, responseCode = "200", responseDescription = "A page of the leases")
    @Operation(
            operationId = "listLeases",
            summary = "The leases that this controller keeps",
            description =
                    "Live leases, and those that ended recently, by id unless 'sort' is given, without those on hosts whose"
                            + " agents are connected to other controllers. The database table lease has all. A caller"
                            + " sees those that policies of the namespaces of its roles, or of namespaces below, have given.")
    public LeasePage list(@BeanParam ListRequest request) {
        Sight sight = Sight.of(callers.current(), policies.current());
        MemoryList<Lease> leases = LeaseColumns.list(sight);
        Parameters parameters = new Parameters();
        ListParameters list = request.of(leases.kind(), parameters);
        parameters.check();
        Predicate<MesosAgentId> others = answering.others();
        return turns.take(() -> page(list, leases, lease -> !others.test(lease.host()) && sight.sees(lease), sight));
    }

    private LeasePage page(ListParameters list, MemoryList<Lease> leases, Predicate<Lease> shown, Sight sight) {
        LeaseOverview overview = reconciler.overview();
        Stream<Lease> all =
                leases.isById(list) ? following(overview, list.query(), leases, shown) : overview.leases().stream();
        ListParameters.Page<Object> page =
                leases.page(list, all.filter(shown), lease -> LeaseView.of(lease, sight::sentence), json);
        return new LeasePage(answering.id(), page.items(), page.next());
    }

    /** The leases among which those of a page are, if they are wanted by id: not all of them are compared. */
    private static Stream<Lease> following(
            LeaseOverview overview, ListQuery query, MemoryList<Lease> leases, Predicate<Lease> shown) {
        LeaseId after = new LeaseId(
                query.after().map(last -> UUID.fromString(last.id())).orElse(BEFORE_ALL));
        return Stream.concat(
                overview.liveAfter(after)
                        .filter(shown)
                        .filter(leases.filter(query))
                        .limit(query.limit() + 1L),
                overview.ended().stream());
    }
}
