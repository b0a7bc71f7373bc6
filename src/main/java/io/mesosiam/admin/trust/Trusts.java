package io.mesosiam.admin.trust;

import io.mesosiam.admin.AdminSessions;
import io.mesosiam.admin.Change;
import io.mesosiam.admin.Constraints;
import io.mesosiam.admin.Found;
import io.mesosiam.admin.ListColumn;
import io.mesosiam.admin.ListQuery;
import io.mesosiam.admin.Plans;
import io.mesosiam.admin.Plans.Plan;
import io.mesosiam.admin.Refused;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;
import org.jspecify.annotations.Nullable;

/** The attributes that frameworks enforce: reading, and planning changes of them in a transaction. */
@Singleton
public final class Trusts {
    /** What the constraints of attribute trust demand, with the fields of their columns. */
    public static final Constraints CONSTRAINTS =
            Constraints.of("framework_principal", "attribute", "key", "description");

    public static final ListColumn ID = ListColumn.of("id", ListColumn.Type.ID);

    /** The fields that a list can be filtered and sorted by. */
    public static final List<ListColumn> COLUMNS = List.of(
            ID,
            ListColumn.of("version", ListColumn.Type.NUMBER),
            ListColumn.of("frameworkPrincipal", ListColumn.Type.TEXT),
            ListColumn.of("attribute", ListColumn.Type.TEXT),
            ListColumn.optional("key", ListColumn.Type.TEXT),
            ListColumn.optional("description", ListColumn.Type.TEXT),
            ListColumn.of("madeBy", ListColumn.Type.TEXT),
            ListColumn.of("createdAt", ListColumn.Type.TIME));

    private final AdminSessions sessions;

    @Inject
    Trusts(AdminSessions sessions) {
        this.sessions = sessions;
    }

    /** Those that a query is for, in its order. */
    public Uni<Found<StoredTrust>> list(ListQuery query) {
        String text = "from AttributeTrustEntity where 1 = 1" + query.text();
        return query.read(sessions, AttributeTrustEntity.class, text, UnaryOperator.identity())
                .map(rows -> rows.map(StoredTrust::of));
    }

    public Uni<Optional<StoredTrust>> find(UUID id) {
        return sessions.reading(session -> session.get(AttributeTrustEntity.class, id))
                .map(row -> Optional.ofNullable(row).map(StoredTrust::of));
    }

    /**
     * Plans changes in a transaction that has begun. It locks the rows.
     *
     * @param changes at most one for each id, in the order in which every transaction locks them: that of their ids
     */
    public Uni<Plans<StoredTrust>> plan(StatelessSession session, List<Change<UUID, TrustContent>> changes) {
        return Plans.of(session, changes, change -> plan(session, change), StoredTrust::of);
    }

    /** All that are stored, as a transaction sees them. */
    public static Uni<List<StoredTrust>> all(StatelessSession session) {
        return session.createSelectionQuery("from AttributeTrustEntity", AttributeTrustEntity.class)
                .getResultList()
                .map(rows -> rows.stream().map(StoredTrust::of).toList());
    }

    private Uni<Plan<AttributeTrustEntity>> plan(StatelessSession session, Change<UUID, TrustContent> change) {
        return session.get(AttributeTrustEntity.class, change.key(), LockModeType.PESSIMISTIC_WRITE)
                .chain(row -> {
                    Optional<String> tag =
                            Optional.ofNullable(row).map(StoredTrust::of).map(StoredTrust::tag);
                    if (!change.precondition().holds(tag)) {
                        return refused(new Refused.PreconditionFailed(tag));
                    }
                    return switch (change) {
                        case Change.Put<UUID, TrustContent> put ->
                            checked(session, put.key(), TrustContent.read(put.document()), row);
                        case Change.Restore<UUID, TrustContent> restore ->
                            checked(session, restore.key(), restore.content(), row);
                        case Change.Patch<UUID, TrustContent> patch ->
                            row == null
                                    ? refused(new Refused.NotFound("attribute trust with the id " + change.key()))
                                    : checked(session, patch.key(), TrustContent.patched(row, patch.patch()), row);
                        case Change.Delete<UUID, TrustContent> _ ->
                            row == null
                                    ? refused(new Refused.NotFound("attribute trust with the id " + change.key()))
                                    : Uni.createFrom().item(new Plan.Delete<>(row));
                    };
                });
    }

    /** Finds every fault of a row; a write would name only the first. */
    private Uni<Plan<AttributeTrustEntity>> checked(
            StatelessSession session, UUID id, TrustContent content, @Nullable AttributeTrustEntity row) {
        return sessions.faults(session, "attribute_trust", CONSTRAINTS, content.columns(), content.faults())
                .map(faults -> {
                    if (!faults.isEmpty()) {
                        return new Plan.Refuse<>(new Refused.Invalid(faults));
                    }
                    if (row != null && content.isOf(row)) {
                        return new Plan.Keep<>(row);
                    }
                    AttributeTrustEntity next = row == null ? created(id) : row;
                    content.write(next);
                    return row == null ? new Plan.Insert<>(next) : new Plan.Update<>(next);
                });
    }

    private static AttributeTrustEntity created(UUID id) {
        AttributeTrustEntity row = new AttributeTrustEntity();
        row.id = id;
        return row;
    }

    private static Uni<Plan<AttributeTrustEntity>> refused(Refused why) {
        return Uni.createFrom().item(new Plan.Refuse<>(why));
    }
}
