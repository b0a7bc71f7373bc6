package io.mesosiam.api.apply;

import static io.mesosiam.signin.Role.Names.ADMIN;
import static io.mesosiam.signin.Role.Names.NAMESPACE_ADMIN;

import io.mesosiam.admin.Author;
import io.mesosiam.admin.Change;
import io.mesosiam.admin.PolicyContent;
import io.mesosiam.admin.PolicyKey;
import io.mesosiam.admin.Refused;
import io.mesosiam.admin.StoredPolicy;
import io.mesosiam.admin.Written;
import io.mesosiam.admin.change.Applied;
import io.mesosiam.admin.change.ChangeReview;
import io.mesosiam.admin.change.Changes;
import io.mesosiam.admin.change.Changes.Together;
import io.mesosiam.admin.namespace.NamespaceContent;
import io.mesosiam.admin.namespace.StoredNamespace;
import io.mesosiam.admin.trust.StoredTrust;
import io.mesosiam.admin.trust.TrustContent;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.Problem;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.api.admin.AdminDocs;
import io.mesosiam.api.admin.Authors;
import io.mesosiam.api.admin.Bodies;
import io.mesosiam.api.admin.Reason;
import io.mesosiam.api.admin.RefusedProblem;
import io.mesosiam.api.apply.ChangeReader.Item;
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
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Many changes of policies, namespaces and attribute trust in one transaction. */
@Path("/api/v1/policies/apply")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "policies", description = "The policies in force, and the rows that can't be used")
@NonBlocking
public final class ApplyResource {
    private final Changes changes;
    private final Authors authors;
    private final WriteReview reviews;

    @Inject
    ApplyResource(Changes changes, Authors authors, WriteReview reviews) {
        this.changes = changes;
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
            responseCode = "422",
            description = "A change is refused, and nothing is stored; 'errors' has every fault of every change")
    @APIResponse(responseCode = "default", description = "An error; nothing is stored")
    @RequestBody(
            required = true,
            description = "The changes",
            content = @Content(schema = @Schema(implementation = AppliedView.Request.class)))
    @Operation(
            operationId = "applyPolicies",
            summary = "Apply many changes of policies, namespaces and attribute trust together",
            description =
                    "In one transaction, so that controllers see all of them or none. Namespaces are created and changed"
                            + " first, so policies are compared with the bounds that are stored at the end. The caller needs"
                            + " the role in the namespace of every policy, and above every namespace that is changed; for"
                            + " attribute trust, admin of the root namespace. "
                            + AdminDocs.FOR_WRITERS)
    public Uni<Response> apply(@BeanParam Reason reason, @BeanParam WriteOptions options, byte @Nullable [] body) {
        Parameters parameters = new Parameters();
        Author author = authors.anywhere(reason.reason, parameters);
        WriteReview.Request review = reviews.request(options, parameters);
        return reviewed(body, author, review, parameters);
    }

    /** Applies the changes of a body, which the review examines. */
    Uni<Response> reviewed(byte @Nullable [] body, Author author, WriteReview.Request review, Parameters parameters) {
        List<Item> items = ChangeReader.read(Bodies.object(body), parameters);
        items.forEach(this::require);
        ChangeReview examined = parameters.isClean() ? review : WriteReview.NEVER;
        return changes.apply(together(items), author, examined).map(applied -> {
            refuse(items, applied, parameters);
            parameters.check();
            Object answer = review.preview().<Object>map(preview -> preview).orElseGet(() -> view(items, applied));
            return Response.ok(answer)
                    .header("X-Request-Id", author.requestId())
                    .build();
        });
    }

    private static Together together(List<Item> items) {
        List<Change<String, NamespaceContent>> ofNamespaces = items.stream()
                .flatMap(item -> item instanceof Item.OfNamespace(var change) ? Stream.of(change) : Stream.empty())
                .toList();
        List<Change<PolicyKey, PolicyContent>> ofPolicies = items.stream()
                .flatMap(item -> item instanceof Item.OfPolicy(var change) ? Stream.of(change) : Stream.empty())
                .toList();
        List<Change<UUID, TrustContent>> ofTrusts = items.stream()
                .flatMap(item -> item instanceof Item.OfTrust(var change) ? Stream.of(change) : Stream.empty())
                .toList();
        return new Together(ofNamespaces, ofTrusts, ofPolicies);
    }

    private void require(Item item) {
        switch (item) {
            case Item.OfPolicy(var change) -> authors.require(change.key().namespace(), Role.NAMESPACE_ADMIN);
            case Item.OfNamespace(var change) -> authors.requireAbove(change.key());
            case Item.OfTrust _ -> authors.require("/");
        }
    }

    /** The outcomes in the order of the items. */
    private static <T> List<T> inOrder(
            List<Item> items,
            Applied applied,
            Function<Written<StoredNamespace>, T> ofNamespace,
            Function<Written<StoredTrust>, T> ofTrust,
            Function<Written<StoredPolicy>, T> ofPolicy) {
        Iterator<Written<StoredNamespace>> namespaces = applied.namespaces().iterator();
        Iterator<Written<StoredTrust>> trusts = applied.trusts().iterator();
        Iterator<Written<StoredPolicy>> policies = applied.policies().iterator();
        return items.stream()
                .map(item -> switch (item) {
                    case Item.OfNamespace _ -> ofNamespace.apply(namespaces.next());
                    case Item.OfTrust _ -> ofTrust.apply(trusts.next());
                    case Item.OfPolicy _ -> ofPolicy.apply(policies.next());
                })
                .toList();
    }

    private static AppliedView view(List<Item> items, Applied applied) {
        return new AppliedView(inOrder(
                items, applied, AppliedView.Result::namespace, AppliedView.Result::trust, AppliedView.Result::policy));
    }

    /** Ends the request if a change was refused; names every fault of every change. */
    private static void refuse(List<Item> items, Applied applied, Parameters parameters) {
        List<Written<?>> outcomes =
                ApplyResource.<Written<?>>inOrder(items, applied, all -> all, all -> all, all -> all);
        List<Problem.FieldError> errors = new ArrayList<>();
        List<Refused> reasons = new ArrayList<>();
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof Written.Not<?> not) {
                reasons.add(not.why());
                errors.addAll(errors("changes[" + i + "]", not.why()));
            }
        }
        if (reasons.isEmpty()) {
            return;
        }
        if (reasons.stream().anyMatch(Refused.Invalid.class::isInstance) || !parameters.isClean()) {
            ChangeReader.refuse(errors, parameters);
        }
        ProblemCode code = RefusedProblem.code(reasons.stream()
                .filter(why -> !(why instanceof Refused.WithOthers))
                .findFirst()
                .orElse(reasons.getFirst()));
        throw new ProblemException(
                code, "nothing is stored; 'errors' names each change that is refused", Problem.Extras.of(errors));
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
                                .map(tag -> "the stored version is " + tag + ": read the object again, and compare")
                                .orElse("the object does not exist")));
            case Refused.WithOthers _ -> List.of();
            case Refused.NotFound(String object) -> List.of(new Problem.FieldError(at, "there is no " + object));
            case Refused.LostRace _ ->
                List.of(new Problem.FieldError(at, "another request changed it at the same time"));
            case Refused.Conflict conflict -> List.of(new Problem.FieldError(at, conflict.demand()));
            case Refused.NotPermitted _ -> List.of();
        };
    }
}
