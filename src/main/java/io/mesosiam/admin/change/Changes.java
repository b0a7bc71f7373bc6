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
import io.mesosiam.admin.trust.StoredTrust;
import io.mesosiam.admin.trust.TrustContent;
import io.mesosiam.admin.trust.Trusts;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;

/**
 * Applies changes of namespaces, attribute trust and policies in one transaction: namespaces are created and changed first,
 * then attribute trust and then policies are written, then namespaces are deleted. So a policy is compared with the bounds
 * and the trust that are stored at the end.
 */
@Singleton
public final class Changes {
    private final AdminSessions sessions;
    private final Policies policies;
    private final Namespaces namespaces;
    private final Trusts trusts;

    @Inject
    Changes(AdminSessions sessions, Policies policies, Namespaces namespaces, Trusts trusts) {
        this.sessions = sessions;
        this.policies = policies;
        this.namespaces = namespaces;
        this.trusts = trusts;
    }

    /**
     * Changes that are made together.
     *
     * @param namespaces at most one for each namespace
     * @param trusts at most one for each id
     * @param policies at most one for each policy
     */
    public record Together(
            List<Change<String, NamespaceContent>> namespaces,
            List<Change<UUID, TrustContent>> trusts,
            List<Change<PolicyKey, PolicyContent>> policies) {
        public Together {
            namespaces = List.copyOf(namespaces);
            trusts = List.copyOf(trusts);
            policies = List.copyOf(policies);
        }

        private int size() {
            return namespaces.size() + trusts.size() + policies.size();
        }

        /** Every transaction locks rows in the same order, so that two of them don't wait for each other. */
        private Together ordered() {
            return new Together(
                    namespaces.stream()
                            .sorted(Comparator.comparing(Change::key))
                            .toList(),
                    trusts.stream().sorted(Comparator.comparing(Change::key)).toList(),
                    policies.stream()
                            .sorted(Comparator.comparing(change -> change.key().toString()))
                            .toList());
        }

        /** The outcomes of the ordered changes, in the order of these. */
        private Applied inOrder(Together ordered, Applied applied) {
            return new Applied(
                    Changes.inOrder(namespaces, ordered.namespaces, applied.namespaces()),
                    Changes.inOrder(trusts, ordered.trusts, applied.trusts()),
                    Changes.inOrder(policies, ordered.policies, applied.policies()));
        }

        private Applied refused(Refused why) {
            return new Applied(all(namespaces, why), all(trusts, why), all(policies, why));
        }
    }

    /** Writes one change of a policy in a transaction of its own. */
    public Uni<Written<StoredPolicy>> write(
            Change<PolicyKey, PolicyContent> change, Author author, ChangeReview review) {
        return apply(new Together(List.of(), List.of(), List.of(change)), author, review)
                .map(applied -> applied.policies().getFirst());
    }

    /** Writes one change of a namespace in a transaction of its own. */
    public Uni<Written<StoredNamespace>> writeNamespace(
            Change<String, NamespaceContent> change, Author author, ChangeReview review) {
        return apply(new Together(List.of(change), List.of(), List.of()), author, review)
                .map(applied -> applied.namespaces().getFirst());
    }

    /** Writes one change of attribute trust in a transaction of its own. */
    public Uni<Written<StoredTrust>> writeTrust(Change<UUID, TrustContent> change, Author author, ChangeReview review) {
        return apply(new Together(List.of(), List.of(change), List.of()), author, review)
                .map(applied -> applied.trusts().getFirst());
    }

    /**
     * Applies all changes in one transaction, or none. If any is refused, nothing is stored, and the outcome of every change
     * that is refused states why.
     *
     * @param review decides whether changes of which none is refused are stored
     */
    public Uni<Applied> apply(Together changes, Author author, ChangeReview review) {
        Together ordered = changes.ordered();
        Function<StatelessSession, Uni<Reviewed>> work = session -> apply(session, ordered)
                .chain(applied -> NamespaceSizes.exceeded(session, applied).chain(why -> why.map(ordered::refused)
                        .map(refused -> Uni.createFrom().item(new Reviewed(refused, false)))
                        .orElseGet(() -> reviewed(session, applied, review))));
        Uni<Reviewed> reviewed = changes.size() > 1
                ? sessions.writingMany(author, work, Reviewed::commits)
                : sessions.writing(author, work, Reviewed::commits);
        return reviewed.map(outcome -> changes.inOrder(ordered, outcome.applied()))
                .onFailure(failure -> Refusals.of(failure).isPresent())
                .recoverWithItem(failure -> changes.refused(Refusals.of(failure).orElseThrow()));
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

    private Uni<Applied> apply(StatelessSession session, Together changes) {
        boolean alone = changes.namespaces().isEmpty() && changes.trusts().isEmpty();
        return namespaces.plan(session, changes.namespaces()).chain(bounds -> trusts.plan(session, changes.trusts())
                .chain(statements -> policies.plan(session, changes.policies(), alone)
                        .chain(plans -> {
                            if (bounds.refused() || statements.refused() || plans.refused()) {
                                return Uni.createFrom()
                                        .item(new Applied(
                                                bounds.unwritten(), statements.unwritten(), plans.unwritten()));
                            }
                            return bounds.stored().chain(stored -> statements
                                    .written()
                                    .chain(stated -> (alone ? Uni.createFrom().item(plans) : plans.checkedAgain())
                                            .chain(checked -> checked.refused()
                                                    ? Uni.createFrom()
                                                            .item(new Applied(
                                                                    bounds.unwritten(),
                                                                    statements.unwritten(),
                                                                    checked.unwritten()))
                                                    : checked.written().chain(written -> bounds.deleted()
                                                            .map(deleted -> new Applied(
                                                                    bounds.outcomes(stored, deleted),
                                                                    stated,
                                                                    written))))));
                        })));
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
