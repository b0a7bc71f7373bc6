package io.mesosiam.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesosiam.admin.Plans.Plan;
import io.mesosiam.admin.Refused.Fault;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.LockModeType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;
import org.jspecify.annotations.Nullable;

/** The stored policies: reading, and planning changes of them in a transaction. */
@Singleton
public final class Policies {
    /** What the constraints of policies demand, with the fields of their columns. */
    public static final Constraints CONSTRAINTS = new Constraints(
            Arrays.stream(PolicyField.values()).collect(Collectors.toMap(PolicyField::column, PolicyField::json)));

    /** A sentence about a policy, with the names of its columns and of bounds in JSON. */
    public static String inJson(String sentence) {
        return Refusals.BOUNDS.inJson(sentence);
    }

    private static final String BY_KEY = "from PolicyEntity where namespace = :namespace and name = :name";

    private static final String REVOKED_ID = "select coalesce(cast(revoked_policy_id(:namespace, :name) as text), '')";

    private static final String VIOLATIONS = """
            select constraint_name, demand from policy_violations(
                cast(cast(:row as text) as json), string_to_array(:faulty, ','), cast(:bounded as boolean))""";

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
    public Uni<Found<StoredPolicy>> list(PolicyQuery query) {
        return query.list()
                .read(sessions, PolicyEntity.class, query.text(), selection -> {
                    selection.setParameter("namespace", query.namespace());
                    return query.below() ? selection.setParameter("below", query.belowPattern()) : selection;
                })
                .map(rows -> rows.map(StoredPolicy::of));
    }

    /**
     * Plans changes in a transaction that has begun. It locks the policies' rows.
     *
     * @param changes at most one for each policy, in the order in which every transaction locks them: that of their keys
     * @param bounded whether the bounds of namespaces are compared now; otherwise {@link Plans#checkedAgain} does, after the
     *     transaction has written them
     */
    public Uni<Plans<StoredPolicy>> plan(
            StatelessSession session, List<Change<PolicyKey, PolicyContent>> changes, boolean bounded) {
        return Plans.of(
                session,
                changes,
                change -> plan(session, change, bounded),
                plan -> checked(session, new Draft(plan, List.of()), true),
                StoredPolicy::of);
    }

    /**
     * A plan that has not been compared with the constraints.
     *
     * @param faults those of fields that are not in the plan's row
     */
    private record Draft(Plan<PolicyEntity> plan, List<Fault> faults) {
        static Draft refused(Refused why) {
            return new Draft(new Plan.Refuse<>(why), List.of());
        }

        /** The plan if there are no faults. */
        Plan<PolicyEntity> without(List<Fault> found) {
            return found.isEmpty() ? plan : new Plan.Refuse<>(new Refused.Invalid(found));
        }
    }

    private Uni<Plan<PolicyEntity>> plan(
            StatelessSession session, Change<PolicyKey, PolicyContent> change, boolean bounded) {
        return byKey(session, change.key(), LockModeType.PESSIMISTIC_WRITE)
                .map(row -> planned(change, row))
                .chain(draft -> withId(session, draft.plan())
                        .chain(plan -> checked(session, new Draft(plan, draft.faults()), bounded)));
    }

    /**
     * A new row has the id that the database will give it: a revoked policy that is made again keeps its id. So a preview
     * shows that the revocation covers it.
     */
    private static Uni<Plan<PolicyEntity>> withId(StatelessSession session, Plan<PolicyEntity> plan) {
        if (!(plan instanceof Plan.Insert<PolicyEntity>(PolicyEntity row))) {
            return Uni.createFrom().item(plan);
        }
        return session.createNativeQuery(REVOKED_ID, String.class)
                .setParameter("namespace", row.namespace)
                .setParameter("name", row.name)
                .getSingleResult()
                .map(id -> {
                    row.id = id.isEmpty() ? UUID.randomUUID() : UUID.fromString(id);
                    return plan;
                });
    }

    /** Finds every fault of a row; a write would name only the first. */
    private static Uni<Plan<PolicyEntity>> checked(StatelessSession session, Draft draft, boolean bounded) {
        return switch (draft.plan()) {
            case Plan.Insert<PolicyEntity>(PolicyEntity row) ->
                faults(session, row, draft.faults(), bounded).map(draft::without);
            case Plan.Update<PolicyEntity>(PolicyEntity row) ->
                faults(session, row, draft.faults(), bounded).map(draft::without);
            case Plan.Delete<PolicyEntity> _, Plan.Keep<PolicyEntity> _, Plan.Refuse<PolicyEntity> _ ->
                Uni.createFrom().item(draft.without(draft.faults()));
        };
    }

    private static Uni<List<Fault>> faults(
            StatelessSession session, PolicyEntity row, List<Fault> known, boolean bounded) {
        ObjectNode columns = PolicyColumns.read(row).columns();
        columns.put("id", String.valueOf(row.id))
                .put("namespace", row.namespace)
                .put("name", row.name)
                .put("version", row.version);
        String faulty = known.stream()
                .flatMap(fault -> PolicyField.named(fault.field()).stream())
                .map(PolicyField::column)
                .collect(Collectors.joining(","));
        return session.createNativeQuery(VIOLATIONS, Object[].class)
                .setParameter("row", columns.toString())
                .setParameter("faulty", faulty)
                .setParameter("bounded", bounded)
                .getResultList()
                .map(rows -> AdminSessions.together(known, AdminSessions.faults(rows, Refusals.BOUNDS)).stream()
                        .filter(fault -> known.isEmpty()
                                || !fault.field().equals(PolicyField.MATCH_ALL.json())
                                || known.contains(fault))
                        .toList());
    }

    /** Plans a change of a row that is locked, or that does not exist. */
    private static Draft planned(Change<PolicyKey, PolicyContent> change, @Nullable PolicyEntity row) {
        Optional<StoredPolicy> stored = Optional.ofNullable(row).map(StoredPolicy::of);
        Optional<String> tag = stored.map(StoredPolicy::tag);
        if (!change.precondition().holds(tag)) {
            return Draft.refused(new Refused.PreconditionFailed(tag));
        }
        Optional<PolicyContent> before = stored.map(StoredPolicy::content);
        Refused absent = new Refused.NotFound(change.key().described());
        return switch (change) {
            case Change.Put<PolicyKey, PolicyContent> put ->
                read(put.key(), PolicyContent.read(put.document(), before), row);
            case Change.Restore<PolicyKey, PolicyContent> restore ->
                new Draft(put(restore.key(), restore.content().withoutGeneratedExternalId(), row), List.of());
            case Change.Patch<PolicyKey, PolicyContent> patch ->
                before.map(content -> read(patch.key(), content.patched(patch.patch()), row))
                        .orElseGet(() -> Draft.refused(absent));
            case Change.Delete<PolicyKey, PolicyContent> _ ->
                row == null ? Draft.refused(absent) : new Draft(new Plan.Delete<>(row), List.of());
        };
    }

    private static Draft read(PolicyKey key, PolicyContent.Read read, @Nullable PolicyEntity row) {
        return switch (read) {
            case PolicyContent.Read.Faulty faulty -> new Draft(put(key, faulty.others(), row), faulty.faults());
            case PolicyContent.Read.Content content -> new Draft(put(key, content.content(), row), List.of());
        };
    }

    private static Plan<PolicyEntity> put(PolicyKey key, PolicyContent wanted, @Nullable PolicyEntity row) {
        Optional<PolicyContent> stored = Optional.ofNullable(row).map(PolicyColumns::read);
        PolicyContent content = wanted.keepingGeneratedExternalId(stored);
        if (row != null && stored.equals(Optional.of(content))) {
            return new Plan.Keep<>(row);
        }
        PolicyEntity next = row == null ? created(key) : row;
        PolicyColumns.write(content, next);
        return row == null ? new Plan.Insert<>(next) : new Plan.Update<>(next);
    }

    private static PolicyEntity created(PolicyKey key) {
        PolicyEntity row = new PolicyEntity();
        row.namespace = key.namespace();
        row.name = key.name();
        return row;
    }

    private static Uni<PolicyEntity> byKey(StatelessSession session, PolicyKey key, LockModeType lock) {
        return session.createSelectionQuery(BY_KEY, PolicyEntity.class)
                .setParameter("namespace", key.namespace())
                .setParameter("name", key.name())
                .setLockMode(lock)
                .getSingleResultOrNull();
    }
}
