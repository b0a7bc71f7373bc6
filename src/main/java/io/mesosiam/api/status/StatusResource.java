package io.mesosiam.api.status;

import io.mesosiam.api.AnsweringController;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.fleet.Fleet;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.policy.store.PolicyTable;
import io.mesosiam.signin.Callers;
import io.mesosiam.signin.Role;
import io.mesosiam.signin.RoleGrant;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** How the controllers of the cluster are, and on how many hosts a version of the policies is in effect. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "status", description = "What is in effect")
@NonBlocking
public final class StatusResource {
    /** The largest version in a path: as many digits as {@link Parameters#number} reads. */
    private static final int MAX_VERSION = 999_999_999;

    private final Reconciler reconciler;
    private final PolicyTable policies;
    private final Callers callers;
    private final Fleet fleet;
    private final AnsweringController answering;

    @Inject
    StatusResource(
            Reconciler reconciler, PolicyTable policies, Callers callers, Fleet fleet, AnsweringController answering) {
        this.reconciler = reconciler;
        this.policies = policies;
        this.callers = callers;
        this.fleet = fleet;
        this.answering = answering;
    }

    /** The state of all controllers. */
    @GET
    @Path("status")
    @RolesAllowed({
        Role.Names.VIEWER,
        Role.Names.OPERATOR,
        Role.Names.NAMESPACE_ADMIN,
        Role.Names.SPAWNER,
        Role.Names.ADMIN,
        Role.Names.AUDITOR
    })
    @APIResponseSchema(value = StatusView.class, responseCode = "200", responseDescription = "The state")
    @Operation(
            operationId = "getStatus",
            summary = "The state of all controllers",
            description =
                    "Each controller states how it is every 2 seconds, in the database. The answer is the same by each, but"
                            + " for 'controller' and the ages. Callers without a role in / see the numbers of hosts, not their"
                            + " ids.")
    public StatusView status() {
        return StatusView.of(answering.id(), fleet.members(), seesHosts());
    }

    /** How far a version of the policies has come. */
    @GET
    @Path("policy-versions/{version}")
    @RolesAllowed({
        Role.Names.VIEWER,
        Role.Names.OPERATOR,
        Role.Names.NAMESPACE_ADMIN,
        Role.Names.SPAWNER,
        Role.Names.ADMIN,
        Role.Names.AUDITOR
    })
    @APIResponseSchema(
            value = PolicyVersionView.class,
            responseCode = "200",
            responseDescription = "How far it has come")
    @APIResponse(
            responseCode = "404",
            description = "No write has made this version yet; the problem names the newest one")
    @Operation(
            operationId = "getPolicyVersion",
            summary = "On how many hosts a version of the policies is in effect",
            description =
                    "A write of policies answers with its version in the header Policy-Version. Repeat this request"
                            + " until 'inEffect' is true. It counts the hosts of all controllers, as each of them stated at most"
                            + " some seconds ago. Callers without a role in / see the numbers of hosts, not their ids.")
    public Uni<PolicyVersionView> version(
            @Parameter(
                            description = "The version of all policies together, as Policy-Version has it",
                            example = "17",
                            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "999999999"))
                    @PathParam("version")
                    String version) {
        Parameters parameters = new Parameters();
        int wanted = parameters.number("version", version, 1, MAX_VERSION);
        parameters.check();
        boolean withHosts = seesHosts();
        return exists(wanted).map(_ -> PolicyVersionView.of(answering.id(), wanted, fleet.members(), withHosts));
    }

    /** A write can be newer than what this controller has read, so the database knows whether there is such a version. */
    private Uni<Void> exists(int version) {
        if (version <= reconciler.policies().current().read()) {
            return Uni.createFrom().voidItem();
        }
        return policies.stored()
                .onFailure()
                .transform(_ -> new ProblemException(ProblemCode.UNAVAILABLE, "the database is not available"))
                .invoke(newest -> {
                    if (version > newest) {
                        throw new ProblemException(
                                ProblemCode.NOT_FOUND,
                                "no write has made this version of the policies yet; the newest is " + newest);
                    }
                })
                .replaceWithVoid();
    }

    private boolean seesHosts() {
        return callers.current().sees(RoleGrant.EVERYWHERE);
    }
}
