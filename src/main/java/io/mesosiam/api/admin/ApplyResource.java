package io.mesosiam.api.admin;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.NAMESPACE_ADMIN;

import io.mesosiam.admin.Author;
import io.mesosiam.admin.Policies;
import io.mesosiam.admin.PolicyChange;
import io.mesosiam.admin.Refused;
import io.mesosiam.admin.StoredPolicy;
import io.mesosiam.admin.Written;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.Problem;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.api.preview.PreviewView;
import io.mesosiam.api.preview.WriteOptions;
import io.mesosiam.api.preview.WriteReview;
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
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Many changes of policies in one transaction. */
@Path("/api/v1/policies/apply")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "policies", description = "The policies in force, and the rows that can't be used")
@NonBlocking
public final class ApplyResource {
    private final Policies policies;
    private final Authors authors;
    private final WriteReview reviews;

    @Inject
    ApplyResource(Policies policies, Authors authors, WriteReview reviews) {
        this.policies = policies;
        this.authors = authors;
        this.reviews = reviews;
    }

    /** Applies all changes, or none. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed({NAMESPACE_ADMIN, ADMIN})
    @APIResponse(
            responseCode = "200",
            description = "All changes are stored; for a dry run, the preview",
            content = @Content(schema = @Schema(oneOf = {AppliedView.class, PreviewView.class})))
    @APIResponse(
            responseCode = "400",
            description = "A parameter is not valid, or unknown; 'errors' names it",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "422",
            description = "A change is refused, and nothing is stored; 'errors' has every fault of every change",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @APIResponse(
            responseCode = "default",
            description = "An error; nothing is stored",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    @RequestBody(
            required = true,
            description = "The changes",
            content = @Content(schema = @Schema(implementation = AppliedView.Request.class)))
    @Operation(
            operationId = "applyPolicies",
            summary = "Apply many changes of policies together",
            description =
                    "In one transaction, so that controllers see all of them or none. The caller needs the role in the"
                            + " namespace of every change. " + AdminDocs.FOR_WRITERS)
    public Uni<Response> apply(
            @Parameter(description = AdminDocs.REASON, required = true, example = AdminDocs.REASON_EXAMPLE)
                    @QueryParam("reason")
                    @Nullable
                    String reason,
            @BeanParam WriteOptions options,
            byte @Nullable [] body) {
        Parameters parameters = new Parameters();
        Author author = authors.anywhere(reason, parameters);
        WriteReview.Request review = reviews.request(options, author.requestId(), parameters);
        parameters.check();
        return reviewed(body, author, review);
    }

    /** Applies the changes of a body, which the review examines. */
    Uni<Response> reviewed(byte @Nullable [] body, Author author, WriteReview.Request review) {
        List<PolicyChange> changes = PolicyChanges.read(Bodies.object(body), author.requestId());
        changes.stream()
                .map(change -> change.key().namespace())
                .distinct()
                .forEach(namespace -> authors.require(namespace, Role.NAMESPACE_ADMIN));
        return policies.apply(changes, author, review).map(outcomes -> {
            refuse(outcomes, author.requestId());
            Object answer = review.preview().<Object>map(preview -> preview).orElseGet(() -> AppliedView.of(outcomes));
            return Response.ok(answer)
                    .header("X-Request-Id", author.requestId())
                    .build();
        });
    }

    /** Ends the request if a change was refused; names every fault of every change. */
    private static void refuse(List<Written<StoredPolicy>> outcomes, String requestId) {
        List<Problem.FieldError> errors = new ArrayList<>();
        List<Refused> reasons = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof Written.Not<StoredPolicy> not) {
                reasons.add(not.why());
                errors.addAll(errors("changes[" + i + "]", not.why()));
            }
        }
        if (reasons.isEmpty()) {
            return;
        }
        if (reasons.stream().anyMatch(Refused.Invalid.class::isInstance)) {
            throw PolicyChanges.invalid(errors, requestId);
        }
        ProblemCode code = RefusedProblem.code(reasons.stream()
                .filter(why -> !(why instanceof Refused.WithOthers))
                .findFirst()
                .orElse(reasons.getFirst()));
        throw new ProblemException(
                code,
                "nothing is stored; 'errors' names each change that is refused",
                new Problem.Extras(Optional.of(requestId), errors, Optional.empty()));
    }

    private static List<Problem.FieldError> errors(String at, Refused why) {
        return switch (why) {
            case Refused.Invalid invalid ->
                invalid.faults().stream()
                        .map(fault -> new Problem.FieldError(
                                fault.field().isEmpty() ? at : at + "." + fault.field(), fault.message()))
                        .toList();
            case Refused.PreconditionFailed failed ->
                List.of(new Problem.FieldError(
                        at + ".ifMatch",
                        failed.current()
                                .map(tag -> "the stored version is " + tag)
                                .orElse("the policy does not exist")));
            case Refused.WithOthers _ -> List.of();
            case Refused.NotFound _ -> List.of(new Problem.FieldError(at, "there is no such policy"));
            case Refused.LostRace _ ->
                List.of(new Problem.FieldError(at, "another request changed a policy at the same time"));
            case Refused.Conflict conflict -> List.of(new Problem.FieldError(at, conflict.demand()));
            case Refused.NotPermitted _ -> List.of();
        };
    }
}
