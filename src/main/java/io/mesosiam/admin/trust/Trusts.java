package io.mesosiam.admin.trust;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.AdminSessions;
import io.mesosiam.admin.Author;
import io.mesosiam.admin.Constraints;
import io.mesosiam.admin.ListQuery;
import io.mesosiam.admin.Refusals;
import io.mesosiam.admin.Refused;
import io.mesosiam.admin.Refused.Fault;
import io.mesosiam.admin.Written;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;
import org.jspecify.annotations.Nullable;

/** The attributes that frameworks enforce: listed, created, changed and deleted. */
@Singleton
public final class Trusts {
    private static final String TABLE = "attribute_trust";

    /** What the constraints of attribute trust demand, with the fields of their columns. */
    public static final Constraints CONSTRAINTS =
            Constraints.of("framework_principal", "attribute", "key", "description");

    private final AdminSessions sessions;

    @Inject
    Trusts(AdminSessions sessions) {
        this.sessions = sessions;
    }

    /** Those that a query is for, in its order. */
    public Uni<List<StoredTrust>> list(ListQuery<TrustColumn> query) {
        return sessions.reading(session -> query.bind(session.createSelectionQuery(
                                "from AttributeTrustEntity where 1 = 1" + query.text(), AttributeTrustEntity.class))
                        .getResultList())
                .map(rows -> rows.stream().map(StoredTrust::of).toList());
    }

    public Uni<Optional<StoredTrust>> find(UUID id) {
        return sessions.reading(session -> session.get(AttributeTrustEntity.class, id))
                .map(row -> Optional.ofNullable(row).map(StoredTrust::of));
    }

    /** Every fault of a content that is not written, because the request has other faults. */
    public Uni<List<Fault>> faults(JsonNode document) {
        TrustContent content = TrustContent.read(document);
        return sessions.reading(
                session -> sessions.faults(session, TABLE, CONSTRAINTS, content.columns(), content.faults()));
    }

    /** Creates one with an id of its own; a second one for the same attribute is refused as a conflict. */
    public Uni<Written<StoredTrust>> create(JsonNode document, Author author) {
        TrustContent content = TrustContent.read(document);
        AttributeTrustEntity row = new AttributeTrustEntity();
        row.id = UUID.randomUUID();
        content.write(row);
        return sessions.creating(author, TABLE, CONSTRAINTS, content.columns(), content.faults(), row, StoredTrust::of);
    }

    /** Makes a change, in a transaction of its own. */
    public Uni<Written<StoredTrust>> write(TrustChange change, Author author) {
        return sessions.writing(
                        author,
                        session -> session.get(AttributeTrustEntity.class, change.id(), LockModeType.PESSIMISTIC_WRITE)
                                .chain(row -> write(session, change, row)),
                        outcome -> !(outcome instanceof Written.Not))
                .onFailure(failure -> Refusals.of(failure).isPresent())
                .recoverWithItem(
                        failure -> new Written.Not<>(Refusals.of(failure).orElseThrow()));
    }

    private Uni<Written<StoredTrust>> write(
            StatelessSession session, TrustChange change, @Nullable AttributeTrustEntity row) {
        Optional<String> tag = Optional.ofNullable(row).map(StoredTrust::of).map(StoredTrust::tag);
        if (!change.precondition().holds(tag)) {
            return refused(new Refused.PreconditionFailed(tag));
        }
        return switch (change) {
            case TrustChange.Put put -> put(session, put.id(), TrustContent.read(put.document()), row);
            case TrustChange.Patch patch ->
                row == null
                        ? refused(new Refused.NotFound())
                        : put(session, patch.id(), TrustContent.patched(row, patch.patch()), row);
            case TrustChange.Delete _ ->
                row == null
                        ? refused(new Refused.NotFound())
                        : session.delete(row).map(_ -> new Written.Deleted<>(StoredTrust.of(row)));
        };
    }

    private Uni<Written<StoredTrust>> put(
            StatelessSession session, UUID id, TrustContent content, @Nullable AttributeTrustEntity row) {
        return sessions.faults(session, TABLE, CONSTRAINTS, content.columns(), content.faults())
                .chain(faults -> {
                    if (!faults.isEmpty()) {
                        return refused(new Refused.Invalid(faults));
                    }
                    if (row != null && content.isOf(row)) {
                        return Uni.createFrom().item(new Written.Unchanged<>(StoredTrust.of(row)));
                    }
                    return row == null ? insert(session, id, content) : update(session, content, row);
                });
    }

    private static Uni<Written<StoredTrust>> insert(StatelessSession session, UUID id, TrustContent content) {
        AttributeTrustEntity row = new AttributeTrustEntity();
        row.id = id;
        content.write(row);
        return session.insert(row)
                .chain(() -> session.refresh(row))
                .map(_ -> new Written.Created<>(StoredTrust.of(row)));
    }

    private static Uni<Written<StoredTrust>> update(
            StatelessSession session, TrustContent content, AttributeTrustEntity row) {
        content.write(row);
        return session.update(row)
                .chain(() -> session.refresh(row))
                .map(_ -> new Written.Changed<>(StoredTrust.of(row)));
    }

    private static Uni<Written<StoredTrust>> refused(Refused why) {
        return Uni.createFrom().item(new Written.Not<>(why));
    }
}
