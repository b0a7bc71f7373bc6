package io.mesosiam.admin.trust;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.AdminSessions;
import io.mesosiam.admin.Author;
import io.mesosiam.admin.FieldKind;
import io.mesosiam.admin.Fields;
import io.mesosiam.admin.Refusals;
import io.mesosiam.admin.Refused;
import io.mesosiam.admin.Refused.Fault;
import io.mesosiam.admin.Written;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The attributes that frameworks enforce: listed, created and deleted. */
@Singleton
public final class Trusts {
    private static final Map<String, FieldKind> FIELDS = Map.of(
            "frameworkPrincipal", FieldKind.TEXT,
            "attribute", FieldKind.TEXT,
            "key", FieldKind.TEXT,
            "description", FieldKind.TEXT);

    private final AdminSessions sessions;

    @Inject
    Trusts(AdminSessions sessions) {
        this.sessions = sessions;
    }

    /** A page, ordered by id. */
    public Uni<List<StoredTrust>> list(Optional<UUID> after, int limit) {
        return sessions.reading(session -> session.createSelectionQuery(
                                "from AttributeTrustEntity where id > :after order by id", AttributeTrustEntity.class)
                        .setParameter("after", after.orElse(new UUID(0, 0)))
                        .setMaxResults(limit)
                        .getResultList())
                .map(rows -> rows.stream().map(StoredTrust::of).toList());
    }

    /** Creates one; a second one for the same attribute is refused as a conflict. */
    public Uni<Written<StoredTrust>> create(JsonNode document, Author author) {
        Fields fields = Fields.read(document, FIELDS);
        AttributeTrustEntity row = new AttributeTrustEntity();
        row.id = UUID.randomUUID();
        row.frameworkPrincipal = fields.text("frameworkPrincipal");
        row.attribute = fields.text("attribute");
        row.key = fields.text("key");
        row.description = fields.text("description");
        List<Fault> faults = new ArrayList<>(fields.faults());
        List.of("frameworkPrincipal", "attribute").forEach(field -> {
            if (!fields.values().containsKey(field)
                    && faults.stream().noneMatch(fault -> fault.field().equals(field))) {
                faults.add(new Fault(field, "is required"));
            }
        });
        String columns = Fields.row(Map.of(
                        "framework_principal", Optional.ofNullable(row.frameworkPrincipal),
                        "attribute", Optional.ofNullable(row.attribute),
                        "key", Optional.ofNullable(row.key),
                        "description", Optional.ofNullable(row.description)))
                .toString();
        return sessions.creating(author, "attribute_trust", columns, faults, row, StoredTrust::of);
    }

    /** Deletes one. */
    public Uni<Written<StoredTrust>> delete(UUID id, Author author) {
        return sessions.writing(
                        author,
                        session -> session.get(AttributeTrustEntity.class, id).chain(row -> {
                            Written<StoredTrust> outcome = row == null
                                    ? new Written.Not<>(new Refused.NotFound())
                                    : new Written.Deleted<>(StoredTrust.of(row));
                            return row == null
                                    ? Uni.createFrom().item(outcome)
                                    : session.delete(row).map(_ -> outcome);
                        }),
                        outcome -> !(outcome instanceof Written.Not))
                .onFailure(failure -> Refusals.of(failure).isPresent())
                .recoverWithItem(
                        failure -> new Written.Not<>(Refusals.of(failure).orElseThrow()));
    }
}
