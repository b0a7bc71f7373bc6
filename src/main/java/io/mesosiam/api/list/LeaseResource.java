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
import io.mesosiam.lease.LeaseRows;
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
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The leases of all controllers, live and recently reaped. */
@Path("/api/v1/leases")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "leases", description = "The leases of all controllers")
@RunOnVirtualThread
public final class LeaseResource {
    /** No lease has this id. */
    private static final UUID BEFORE_ALL = new UUID(0, 0);

    private static final String INCOMPLETE =
            "the database doesn't answer: leases on hosts of other controllers are missing";

    private final Reconciler reconciler;
    private final LeaseRows rows;
    private final PolicyTable policies;
    private final Callers callers;
    private final ObjectMapper json;
    private final PageTurns turns;
    /** Of their own, since other lists must not wait for the database. */
    private final PageTurns readings = new PageTurns();

    private final AnsweringController answering;

    @Inject
    LeaseResource(
            Reconciler reconciler,
            LeaseRows rows,
            PolicyTable policies,
            Callers callers,
            ObjectMapper json,
            PageTurns turns,
            AnsweringController answering) {
        this.answering = answering;
        this.reconciler = reconciler;
        this.rows = rows;
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
            summary = "The leases of all controllers",
            description =
                    "Live leases, and those that ended recently, by id unless 'sort' is given. Those on hosts of other"
                            + " controllers are as these last wrote them to the database, usually within a second. A caller"
                            + " sees those that policies of the namespaces of its roles, or of namespaces below, have given.")
    public LeasePage list(@BeanParam ListRequest request) {
        PolicySet set = policies.current();
        Sight sight = Sight.of(callers.current(), set);
        MemoryList<Lease> leases = LeaseColumns.list(sight);
        Parameters parameters = new Parameters();
        ListParameters list = request.of(leases.kind(), parameters);
        parameters.check();
        Set<MesosAgentId> elsewhere = answering.elsewhere();
        Optional<List<Lease>> stored = stored(new StoredLeases(rows, leases, sight, set), list, elsewhere);
        return turns.take(() ->
                page(list, leases, lease -> !elsewhere.contains(lease.host()) && sight.sees(lease), stored, sight));
    }

    /** Those of the page on other controllers' hosts; empty if the database can't be read now. */
    private Optional<List<Lease>> stored(StoredLeases stored, ListParameters list, Set<MesosAgentId> hosts) {
        if (answering.isDatabaseAway()) {
            return Optional.empty();
        }
        try {
            return Optional.of(hosts.isEmpty() ? List.of() : readings.take(() -> stored.first(list, hosts)));
        } catch (IllegalStateException e) {
            return Optional.empty();
        }
    }

    private LeasePage page(
            ListParameters list,
            MemoryList<Lease> leases,
            Predicate<Lease> shown,
            Optional<List<Lease>> stored,
            Sight sight) {
        LeaseOverview overview = reconciler.overview();
        Stream<Lease> own =
                leases.isById(list) ? following(overview, list.query(), leases, shown) : overview.leases().stream();
        ListParameters.Page<Object> page = leases.page(
                list,
                Stream.concat(own.filter(shown), stored.stream().flatMap(List::stream)),
                lease -> LeaseView.of(lease, sight::sentence),
                json);
        return new LeasePage(answering.id(), page.items(), stored.isPresent() ? null : INCOMPLETE, page.next());
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
