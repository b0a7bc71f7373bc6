package io.mesosiam.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.LockModeType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;

/** The stored policies: reading one, and writing one or many in a transaction. */
@Singleton
public final class Policies {
    private static final Function<String, String> FIELDS = Constraints.fields(
            Map.of("session_length", PolicyField.SESSION_LENGTH.json(), "lease_ttl", PolicyField.LEASE_TTL.json()));

    private static final String BY_KEY = "from PolicyEntity where namespace = :namespace and name = :name";

    private final AdminSessions sessions;

    @Inject
    Policies(AdminSessions sessions) {
        this.sessions = sessions;
    }

    public Uni<Optional<StoredPolicy>> find(PolicyKey key) {
        return sessions.reading(session -> byKey(session, key, LockModeType.NONE))
                .map(row -> Optional.ofNullable(row).map(StoredPolicy::of));
    }

    /** The policies that a query is for, in its order. */
    public Uni<List<StoredPolicy>> list(PolicyQuery query) {
        return sessions.reading(session -> {
                    var selection = session.createSelectionQuery(query.text(), PolicyEntity.class)
                            .setParameter("namespace", query.namespace())
                            .setMaxResults(query.limit());
                    if (query.below()) {
                        selection.setParameter("below", query.belowPattern());
                    }
                    query.equal().forEach((column, value) -> {
                        if (!value.isNull()) {
                            selection.setParameter(column.json(), column.compared(value));
                        }
                    });
                    query.after().ifPresent(position -> selection
                            .setParameter("after", query.sort().ordered(position.value()))
                            .setParameter("policy", position.policy()));
                    return selection.getResultList();
                })
                .map(rows -> rows.stream().map(StoredPolicy::of).toList());
    }

    /** Writes one change in a transaction of its own. */
    public Uni<Written<StoredPolicy>> write(PolicyChange change, Author author, ChangeReview review) {
        return apply(List.of(change), author, review).map(List::getFirst);
    }

    /**
     * Applies all changes in one transaction, or none. If any is refused, nothing is stored, and the outcome of every change
     * that is refused states why.
     *
     * @param changes at most one for each policy
     * @param review decides whether changes of which none is refused are stored
     * @return the outcomes in the order of the changes
     */
    public Uni<List<Written<StoredPolicy>>> apply(List<PolicyChange> changes, Author author, ChangeReview review) {
        // every transaction locks rows in the same order, so that two of them don't wait for each other
        List<PolicyChange> ordered = changes.stream()
                .sorted(Comparator.comparing(change -> change.key().toString()))
                .toList();
        return sessions.writing(author, session -> reviewed(session, ordered, review), Reviewed::commits)
                .map(reviewed -> changes.stream()
                        .map(change -> reviewed.outcomes().get(ordered.indexOf(change)))
                        .toList())
                .onFailure(failure -> Refusals.of(failure).isPresent())
                .recoverWithItem(failure -> all(changes, Refusals.of(failure).orElseThrow()));
    }

    /** The outcomes of a transaction, and whether it is committed. */
    private record Reviewed(List<Written<StoredPolicy>> outcomes, boolean commits) {}

    private Uni<Reviewed> reviewed(StatelessSession session, List<PolicyChange> changes, ChangeReview review) {
        return apply(session, changes)
                .chain(outcomes -> outcomes.stream().anyMatch(Written.Not.class::isInstance)
                        ? Uni.createFrom().item(new Reviewed(outcomes, false))
                        : ChangedRows.of(session, outcomes)
                                .chain(rows -> ChangedRows.base(session, rows.size())
                                        .chain(base -> onThisContext(review.commits(rows, base))))
                                .map(commits -> new Reviewed(outcomes, commits)));
    }

    /** The session may only be used on the event loop that opened it. */
    private static <T> Uni<T> onThisContext(Uni<T> review) {
        Context context = Objects.requireNonNull(Vertx.currentContext(), "a session has an event loop");
        return review.emitOn(command -> context.runOnContext(_ -> command.run()));
    }

    private static List<Written<StoredPolicy>> all(List<PolicyChange> changes, Refused why) {
        return changes.stream()
                .<Written<StoredPolicy>>map(_ -> new Written.Not<>(why))
                .toList();
    }

    private Uni<List<Written<StoredPolicy>>> apply(StatelessSession session, List<PolicyChange> changes) {
        return inOrder(changes, change -> plan(session, change)).chain(plans -> {
            boolean refused = plans.stream().anyMatch(PolicyPlan.Refuse.class::isInstance);
            return inOrder(plans, plan -> refused ? Uni.createFrom().item(unwritten(plan)) : write(session, plan));
        });
    }

    private static <A, B> Uni<List<B>> inOrder(List<A> items, Function<A, Uni<B>> work) {
        return Multi.createFrom()
                .iterable(items)
                .onItem()
                .transformToUniAndConcatenate(item -> work.apply(item))
                .collect()
                .in(ArrayList::new, List::add);
    }

    private Uni<PolicyPlan> plan(StatelessSession session, PolicyChange change) {
        return byKey(session, change.key(), LockModeType.PESSIMISTIC_WRITE)
                .map(row -> PolicyPlan.of(change, row))
                .chain(plan -> switch (plan) {
                    case PolicyPlan.Insert insert -> checked(session, insert.row(), plan);
                    case PolicyPlan.Update update -> checked(session, update.row(), plan);
                    case PolicyPlan.Delete _, PolicyPlan.Keep _, PolicyPlan.Refuse _ ->
                        Uni.createFrom().item(plan);
                });
    }

    /** Finds every fault of a row; a write would name only the first. */
    private Uni<PolicyPlan> checked(StatelessSession session, PolicyEntity row, PolicyPlan plan) {
        ObjectNode columns = PolicyColumns.read(row).columns();
        columns.put("id", String.valueOf(row.id))
                .put("namespace", row.namespace)
                .put("name", row.name)
                .put("version", row.version);
        return sessions.violations(session, "policy", columns.toString(), FIELDS)
                .map(faults -> faults.isEmpty() ? plan : new PolicyPlan.Refuse(new Refused.Invalid(faults)));
    }

    private static Written<StoredPolicy> unwritten(PolicyPlan plan) {
        return switch (plan) {
            case PolicyPlan.Refuse refuse -> new Written.Not<>(refuse.why());
            case PolicyPlan.Keep keep -> new Written.Unchanged<>(StoredPolicy.of(keep.row()));
            case PolicyPlan.Insert _, PolicyPlan.Update _, PolicyPlan.Delete _ ->
                new Written.Not<>(new Refused.WithOthers());
        };
    }

    private static Uni<Written<StoredPolicy>> write(StatelessSession session, PolicyPlan plan) {
        return switch (plan) {
            case PolicyPlan.Insert insert ->
                session.insert(insert.row())
                        .chain(() -> stored(session, insert.row()).map(Written.Created::new));
            case PolicyPlan.Update update ->
                session.update(update.row())
                        .chain(() -> stored(session, update.row()).map(Written.Changed::new));
            case PolicyPlan.Delete delete -> {
                StoredPolicy last = StoredPolicy.of(delete.row());
                yield session.delete(delete.row()).map(_ -> new Written.Deleted<>(last));
            }
            case PolicyPlan.Keep _, PolicyPlan.Refuse _ -> Uni.createFrom().item(unwritten(plan));
        };
    }

    /** The row with the values that the database set. */
    private static Uni<StoredPolicy> stored(StatelessSession session, PolicyEntity row) {
        return session.refresh(row).map(_ -> StoredPolicy.of(row));
    }

    private static Uni<PolicyEntity> byKey(StatelessSession session, PolicyKey key, LockModeType lock) {
        return session.createSelectionQuery(BY_KEY, PolicyEntity.class)
                .setParameter("namespace", key.namespace())
                .setParameter("name", key.name())
                .setLockMode(lock)
                .getSingleResultOrNull();
    }
}
