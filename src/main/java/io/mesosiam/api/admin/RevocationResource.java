package io.mesosiam.api.admin;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.OPERATOR;

import io.mesosiam.admin.Author;
import io.mesosiam.admin.Refused;
import io.mesosiam.admin.Written;
import io.mesosiam.admin.revocation.Revocation;
import io.mesosiam.admin.revocation.RevocationTarget;
import io.mesosiam.admin.revocation.Revocations;
import io.mesosiam.admin.withdrawal.EndReview;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.preview.WithdrawalReview;
import io.mesosiam.api.preview.WriteOptions;
import io.mesosiam.revoke.SessionDenials;
import io.mesosiam.signin.Role;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Revokes credentials. */
@Path("/api/v1/revocations")
@Produces(MediaType.APPLICATION_JSON)
@APIResponse(responseCode = "404", description = "There is no such lease or policy")
@Tag(name = "revocations", description = "Taking credentials away at once")
@NonBlocking
public final class RevocationResource {
    private static final String FOR_OPERATORS = "For operator and admin of the root namespace.";

    private final Revocations revocations;
    private final SessionDenials denials;
    private final Authors authors;
    private final WithdrawalReview reviews;
    private final NamedTargets targets;

    @Inject
    RevocationResource(
            Revocations revocations,
            SessionDenials denials,
            Authors authors,
            WithdrawalReview reviews,
            NamedTargets targets) {
        this.revocations = revocations;
        this.denials = denials;
        this.authors = authors;
        this.reviews = reviews;
        this.targets = targets;
    }

    /** Revokes a lease, a task, a policy, an IAM role or an agent. */
    @POST
    @RolesAllowed({OPERATOR, ADMIN})
    @Consumes(MediaType.APPLICATION_JSON)
    @APIResponse(
            responseCode = "200",
            description = "A revocation of the same target stands already; for a dry run, what it would end",
            content = @Content(schema = @Schema(oneOf = {RevocationView.class, WithdrawalPreviewView.class})))
    @APIResponse(
            responseCode = "201",
            description = "Revoked",
            content = @Content(schema = @Schema(implementation = RevocationView.class)))
    @APIResponse(
            responseCode = "409",
            description =
                    "The sessions can't be denied at AWS: other leases share them, there are too many, or the role"
                            + " for it is not configured. Or many leases would end, and 'confirm' is needed. Nothing is revoked")
    @APIResponse(responseCode = "422", description = AdminDocs.INVALID)
    @RequestBody(
            required = true,
            description = "What is revoked",
            content = @Content(schema = @Schema(implementation = RevocationSchema.class)))
    @Operation(
            operationId = "revoke",
            summary = "Revoke credentials",
            description = "Writes a withdrawal: connected agents stop serving the credentials at once, and none are"
                    + " issued again until the withdrawal is lifted. A lease, policy or Mesos agent that never existed is"
                    + " refused. 'confirm' can be more than the number of leases that end; a lease or a task needs none. "
                    + FOR_OPERATORS)
    public Uni<Response> revoke(@BeanParam Reason reason, @BeanParam WriteOptions options, byte @Nullable [] body) {
        Parameters parameters = new Parameters();
        Author author = authors.author("/", reason.reason, parameters, Role.OPERATOR);
        WithdrawalReview.Request review = reviews.request(options, parameters);
        RevocationRequest request = RevocationRequest.read(Bodies.object(body));
        Optional<RevocationTarget> target = request.target();
        if (target.isEmpty()) {
            Written.Not<Revocation> faulty = new Written.Not<>(new Refused.Invalid(request.faults()));
            return Uni.createFrom()
                    .item(
                            parameters.isClean()
                                    ? answer(faulty, author, review, List.of())
                                    : ObjectWrites.refused(faulty, parameters));
        }
        if (!parameters.isClean()) {
            return revocations
                    .revoke(target.get(), false, author, EndReview.NEVER)
                    .map(written -> ObjectWrites.refused(hinted(written, target.get()), parameters));
        }
        if (request.hard() && !denials.isConfigured()) {
            throw RefusedProblem.of(
                    new Refused.Conflict("hard revocations need mesos-iam.revoke.role-name: see docs/aws-setup.md"),
                    "");
        }
        return revocations
                .revoke(target.get(), request.hard(), author, review)
                .map(written -> answer(
                        hinted(written, target.get()),
                        author,
                        review,
                        targets.warnings(target.get().framework(), target.get().agent())));
    }

    private Written<Revocation> hinted(Written<Revocation> written, RevocationTarget target) {
        return written instanceof Written.Not<Revocation>(Refused why)
                ? new Written.Not<>(targets.hinted(why, target.agent()))
                : written;
    }

    private static Response answer(
            Written<Revocation> written, Author author, WithdrawalReview.Request review, List<String> warnings) {
        Response.ResponseBuilder response =
                switch (written) {
                    case Written.Created<Revocation>(Revocation made) -> answer(201, made, review, warnings);
                    case Written.Changed<Revocation>(Revocation made) -> answer(200, made, review, warnings);
                    case Written.Unchanged<Revocation>(Revocation made) -> answer(200, made, review, warnings);
                    case Written.Deleted<Revocation> _ -> Response.noContent();
                    case Written.Not<Revocation> not -> throw RefusedProblem.of(not.why(), "");
                };
        return response.header("X-Request-Id", author.requestId()).build();
    }

    private static Response.ResponseBuilder answer(
            int status, Revocation made, WithdrawalReview.Request review, List<String> warnings) {
        return review.preview()
                .map(preview -> Response.ok(WithdrawalPreviewView.of(
                        preview, made.keysValidUntil().map(Instant::toString).orElse(null), made.denials(), warnings)))
                .orElseGet(() -> Response.status(status).entity(RevocationView.of(made, warnings)));
    }
}
