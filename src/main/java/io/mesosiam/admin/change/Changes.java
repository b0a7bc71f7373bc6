package io.mesosiam.admin.change;

import io.mesosiam.admin.AdminSessions;
import io.mesosiam.admin.Author;
import io.mesosiam.admin.Change;
import io.mesosiam.admin.Policies;
import io.mesosiam.admin.PolicyContent;
import io.mesosiam.admin.PolicyKey;
import io.mesosiam.admin.Refusals;
import io.mesosiam.admin.Refused;
import io.mesosiam.admin.StoredPolicy;
import io.mesosiam.admin.Written;
import io.mesosiam.admin.namespace.NamespaceContent;
import io.mesosiam.admin.namespace.Namespaces;
import io.mesosiam.admin.namespace.StoredNamespace;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;

/**
 * Applies changes of namespaces and policies in one transaction: namespaces are created and changed first, then policies are
 * written, then namespaces are deleted. So a policy is compared with the bounds that are stored at the end.
 */
@Singleton
public final class Changes {
    private final AdminSessions sessions;
    private final Policies policies;
    private final Namespaces namespaces;

    @Inject
    Changes(AdminSessions sessions, Policies policies, Namespaces namespaces) {
        this.sessions = sessions;
        this.policies = policies;
        this.namespaces = namespaces;
    }

    /** Writes one change of a policy in a transaction of its own. */
    public Uni<Written<StoredPolicy>> write(
            Change<PolicyKey, PolicyContent> change, Author author, ChangeReview review) {
        return apply(List.of(), List.of(change), author, review)
                .map(applied -> applied.policies().getFirst());
    }

    /** Writes one change of a namespace in a transaction of its own. */
    public Uni<Written<StoredNamespace>> writeNamespace(
            Change<String, NamespaceContent> change, Author author, ChangeReview review) {
        return apply(List.of(change), List.of(), author, review)
                .map(applied -> applied.namespaces().getFirst());
    }

    /**
     * Applies all changes in one transaction, or none. If any is refused, nothing is stored, and the outcome of every change
     * that is refused states why.
     *
     * @param ofNamespaces at most one for each namespace
     * @param ofPolicies at most one for each policy
     * @param review decides whether changes of which none is refused are stored
     */
    public Uni<Applied> apply(
            List<Change<String, NamespaceContent>> ofNamespaces,
            List<Change<PolicyKey, PolicyContent>> ofPolicies,
            Author author,
            ChangeReview review) {
        // every transaction locks rows in the same order, so that two of them don't wait for each other
        List<Change<PolicyKey, PolicyContent>> ordered = ofPolicies.stream()
                .sorted(Comparator.comparing(change -> change.key().toString()))
                .toList();
        List<Change<String, NamespaceContent>> bounds =
                ofNamespaces.stream().sorted(Comparator.comparing(Change::key)).toList();
        return sessions.writing(
                        author,
                        session -> apply(session, bounds, ordered).chain(applied -> reviewed(session, applied, review)),
                        Reviewed::commits)
                .map(reviewed -> new Applied(
                        inOrder(ofNamespaces, bounds, reviewed.applied().namespaces()),
                        inOrder(ofPolicies, ordered, reviewed.applied().policies())))
                .onFailure(failure -> Refusals.of(failure).isPresent())
                .recoverWithItem(failure -> {
                    Refused why = Refusals.of(failure).orElseThrow();
                    return new Applied(all(ofNamespaces, why), all(ofPolicies, why));
                });
    }

    /** The outcomes of a transaction, and whether it is committed. */
    private record Reviewed(Applied applied, boolean commits) {}

    private static <C, S> List<Written<S>> inOrder(List<C> changes, List<C> written, List<Written<S>> outcomes) {
        return changes.stream()
                .map(change -> outcomes.get(written.indexOf(change)))
                .toList();
    }

    private static <C, S> List<Written<S>> all(List<C> changes, Refused why) {
        return changes.stream().<Written<S>>map(_ -> new Written.Not<>(why)).toList();
    }

    private Uni<Applied> apply(
            StatelessSession session,
            List<Change<String, NamespaceContent>> ofNamespaces,
            List<Change<PolicyKey, PolicyContent>> ofPolicies) {
        return namespaces.plan(session, ofNamespaces).chain(bounds -> policies.plan(session, ofPolicies)
                .chain(plans -> {
                    if (bounds.refused() || plans.refused()) {
                        return Uni.createFrom().item(new Applied(bounds.unwritten(), plans.unwritten()));
                    }
                    return bounds.stored().chain(stored -> plans.written().chain(written -> bounds.deleted()
                            .map(deleted -> new Applied(bounds.outcomes(stored, deleted), written))));
                }));
    }

    private static Uni<Reviewed> reviewed(StatelessSession session, Applied applied, ChangeReview review) {
        return applied.refused()
                ? Uni.createFrom().item(new Reviewed(applied, false))
                : ChangedRows.of(session, applied)
                        .chain(rows -> onThisContext(review.commits(rows)))
                        .map(commits -> new Reviewed(applied, commits));
    }

    /** The session may only be used on the event loop that opened it. */
    private static <T> Uni<T> onThisContext(Uni<T> review) {
        Context context = Objects.requireNonNull(Vertx.currentContext(), "a session has an event loop");
        return review.emitOn(command -> context.runOnContext(_ -> command.run()));
    }
}
