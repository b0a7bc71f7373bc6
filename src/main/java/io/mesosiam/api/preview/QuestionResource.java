package io.mesosiam.api.preview;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.admin.RowsOfPage;
import io.mesosiam.api.AnsweringController;
import io.mesosiam.api.Docs;
import io.mesosiam.api.Forms;
import io.mesosiam.api.PageTurns;
import io.mesosiam.api.Parameters;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.IamRole;
import io.mesosiam.preview.live.LivePreview;
import io.mesosiam.preview.live.Previewed;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Callers;
import io.mesosiam.signin.Role;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;
import java.util.function.Predicate;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Questions about the policies in force: what reaches an IAM role, and what is probably not intended. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
@APIResponse(responseCode = "503", description = "This controller doesn't know the running tasks yet")
@Tag(name = "policies", description = "The policies in force, and the rows that can't be used")
@RunOnVirtualThread
public final class QuestionResource {
    private static final String ROLE_FORM = "must be the ARN of an IAM role";

    private final LivePreview preview;
    private final Callers callers;
    private final PageTurns turns;
    /** Of their own, since lists must not wait for the database. */
    private final PageTurns readings = new PageTurns();

    private final AnsweringController answering;
    private final ObjectMapper json;

    @Inject
    QuestionResource(
            LivePreview preview, Callers callers, PageTurns turns, AnsweringController answering, ObjectMapper json) {
        this.answering = answering;
        this.preview = preview;
        this.callers = callers;
        this.turns = turns;
        this.json = json;
    }

    /** What reaches an IAM role now. */
    @GET
    @Path("/who-can")
    @RolesAllowed({
        Role.Names.VIEWER,
        Role.Names.OPERATOR,
        Role.Names.NAMESPACE_ADMIN,
        Role.Names.ADMIN,
        Role.Names.AUDITOR
    })
    @APIResponseSchema(value = WhoCanView.class, responseCode = "200", responseDescription = "What reaches it")
    @Operation(
            operationId = "whoCan",
            summary = "The policies and running tasks that reach an IAM role now",
            description =
                    "By the same rules as decisions. A task that doesn't have a lease yet counts if it gets one on"
                            + " request. Needs a role in the namespace /.")
    public WhoCanView whoCan(
            @Parameter(
                            description = Docs.IAM_ROLE_ARN,
                            required = true,
                            example = Docs.IAM_ROLE_ARN_EXAMPLE,
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            maxLength = Forms.LONGEST_ARN,
                                            pattern = Forms.IAM_ROLE))
                    @QueryParam("iamRoleArn")
                    @Nullable
                    String iamRoleArn) {
        Caller caller = callers.requireSight();
        Parameters parameters = new Parameters();
        Optional<IamRole> role = parameters.formed("iamRoleArn", iamRoleArn, Forms::iamRole, ROLE_FORM);
        parameters.require("iamRoleArn", iamRoleArn != null, "is required: " + ROLE_FORM);
        parameters.check();
        var basis = preview.basis().orElseThrow(WriteReview::unknown);
        Predicate<MesosAgentId> others = answering.others();
        return readings.take(() -> {
            Previewed.Role reach = completed(
                    turns.take(() -> preview.reach(role.orElseThrow())).orElseThrow(WriteReview::unknown));
            return turns.take(() ->
                    new WhoCanView(BasisView.of(basis), ReachView.of(reach, caller, others, RowsOfPage.BYTES, json)));
        });
    }

    /** While the database can't be read, leases are those that this controller knows. */
    private Previewed.Role completed(Previewed.Role reach) {
        if (answering.isDatabaseAway()) {
            return reach;
        }
        try {
            return preview.completed(reach);
        } catch (IllegalStateException e) {
            return reach;
        }
    }

    /** What is probably not intended in the policies. */
    @GET
    @Path("/lint")
    @RolesAllowed({
        Role.Names.VIEWER,
        Role.Names.OPERATOR,
        Role.Names.NAMESPACE_ADMIN,
        Role.Names.ADMIN,
        Role.Names.AUDITOR
    })
    @APIResponseSchema(value = LintView.class, responseCode = "200", responseDescription = "The findings")
    @Operation(
            operationId = "lintPolicies",
            summary = "Finds policies that are probably not what was intended",
            description = "Policies that match nothing, that others shadow, that conflict, that rest on self-asserted"
                    + " attributes alone, that can't be used, or whose session AWS refused. A caller sees those of the"
                    + " namespaces of its roles; rows that can't be used only with a role in /.")
    public LintView lint() {
        Caller caller = callers.current();
        return turns.take(() -> preview.findings().map(found -> LintView.of(found, caller, json)))
                .orElseThrow(WriteReview::unknown);
    }
}
