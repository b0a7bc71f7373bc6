package io.mesosiam.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesosiam.admin.Plans.Plan;
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

    private static final String BY_KEY = "from PolicyEntity where namespace = :namespace and name = :name";

    private static final String REVOKED_ID = "select coalesce(cast(revoked_policy_id(:namespace, :name) as text), '')";

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
                            .setParameter("namespace", query.namespace());
                    if (query.below()) {
                        selection.setParameter("below", query.belowPattern());
                    }
                    return query.list().bind(selection).getResultList();
                })
                .map(rows -> rows.stream().map(StoredPolicy::of).toList());
    }

    /**
     * Plans changes in a transaction that has begun. It locks the policies' rows.
     *
     * @param changes at most one for each policy, in the order in which every transaction locks them: that of their keys
     */
    public Uni<Plans<StoredPolicy>> plan(StatelessSession session, List<Change<PolicyKey, PolicyContent>> changes) {
        return Plans.of(session, changes, change -> plan(session, change), StoredPolicy::of);
    }

    private Uni<Plan<PolicyEntity>> plan(StatelessSession session, Change<PolicyKey, PolicyContent> change) {
        return byKey(session, change.key(), LockModeType.PESSIMISTIC_WRITE)
                .map(row -> planned(change, row))
                .chain(plan -> withId(session, plan))
                .chain(plan -> switch (plan) {
                    case Plan.Insert<PolicyEntity> insert -> checked(session, insert.row(), plan);
                    case Plan.Update<PolicyEntity> update -> checked(session, update.row(), plan);
                    case Plan.Delete<PolicyEntity> _, Plan.Keep<PolicyEntity> _, Plan.Refuse<PolicyEntity> _ ->
                        Uni.createFrom().item(plan);
                });
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
    private Uni<Plan<PolicyEntity>> checked(StatelessSession session, PolicyEntity row, Plan<PolicyEntity> plan) {
        ObjectNode columns = PolicyColumns.read(row).columns();
        columns.put("id", String.valueOf(row.id))
                .put("namespace", row.namespace)
                .put("name", row.name)
                .put("version", row.version);
        return sessions.violations(session, "policy", columns.toString(), CONSTRAINTS)
                .map(faults -> faults.isEmpty() ? plan : new Plan.Refuse<>(new Refused.Invalid(faults)));
    }

    /** Plans a change of a row that is locked, or that does not exist. */
    private static Plan<PolicyEntity> planned(Change<PolicyKey, PolicyContent> change, @Nullable PolicyEntity row) {
        Optional<StoredPolicy> stored = Optional.ofNullable(row).map(StoredPolicy::of);
        Optional<String> tag = stored.map(StoredPolicy::tag);
        if (!change.precondition().holds(tag)) {
            return new Plan.Refuse<>(new Refused.PreconditionFailed(tag));
        }
        Optional<PolicyContent> before = stored.map(StoredPolicy::content);
        return switch (change) {
            case Change.Put<PolicyKey, PolicyContent> put ->
                read(put.key(), PolicyContent.read(put.document(), before), row);
            case Change.Restore<PolicyKey, PolicyContent> restore ->
                put(restore.key(), restore.content().withoutGeneratedExternalId(), row);
            case Change.Patch<PolicyKey, PolicyContent> patch ->
                before.map(content -> read(patch.key(), content.patched(patch.patch()), row))
                        .orElseGet(() -> new Plan.Refuse<>(
                                new Refused.NotFound(change.key().described())));
            case Change.Delete<PolicyKey, PolicyContent> _ ->
                row == null
                        ? new Plan.Refuse<>(new Refused.NotFound(change.key().described()))
                        : new Plan.Delete<>(row);
        };
    }

    private static Plan<PolicyEntity> read(PolicyKey key, PolicyContent.Read read, @Nullable PolicyEntity row) {
        return switch (read) {
            case PolicyContent.Read.Faulty faulty -> new Plan.Refuse<>(new Refused.Invalid(faulty.faults()));
            case PolicyContent.Read.Content content -> put(key, content.content(), row);
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
