package io.mesosiam.api.status;

import io.mesosiam.api.AnsweringController;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.api.drain.DrainView;
import io.mesosiam.drain.ControllerDrain;
import io.mesosiam.lease.reconcile.PolicyEffect;
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

/** Which version of the policies is in effect on the hosts whose agents are connected to this controller. */
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
    private final ControllerDrain drain;
    private final AnsweringController answering;

    @Inject
    StatusResource(
            Reconciler reconciler,
            PolicyTable policies,
            Callers callers,
            ControllerDrain drain,
            AnsweringController answering) {
        this.reconciler = reconciler;
        this.policies = policies;
        this.callers = callers;
        this.drain = drain;
        this.answering = answering;
    }

    /** The state of this controller. */
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
            summary = "The state of the controller that answers",
            description =
                    "Each host's agent is connected to one controller, which counts it. Callers without a role in /"
                            + " see the numbers of hosts, not their ids.")
    public StatusView status() {
        PolicyEffect effect = reconciler.policies().current();
        return new StatusView(
                answering.id(),
                DrainView.of(drain.current()),
                PolicyVersionView.of(answering.id(), effect.read(), effect, seesHosts()));
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
                            + " until 'inEffect' is true. It counts the hosts whose agents are connected to the controller that"
                            + " answers. Callers without a role in / see the numbers of hosts, not their ids.")
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
        PolicyEffect effect = reconciler.policies().current();
        return exists(wanted, effect).map(_ -> PolicyVersionView.of(answering.id(), wanted, effect, withHosts));
    }

    /** A write can be newer than what this controller has read, so the database knows whether there is such a version. */
    private Uni<Void> exists(int version, PolicyEffect effect) {
        if (version <= effect.read()) {
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
