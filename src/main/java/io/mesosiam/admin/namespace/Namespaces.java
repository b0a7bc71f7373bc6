package io.mesosiam.admin.namespace;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mesosiam.admin.AdminSessions;
import io.mesosiam.admin.Change;
import io.mesosiam.admin.Constraints;
import io.mesosiam.admin.Found;
import io.mesosiam.admin.Plans;
import io.mesosiam.admin.Plans.Plan;
import io.mesosiam.admin.Refused;
import io.mesosiam.admin.Refused.Fault;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.LockModeType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;
import org.jspecify.annotations.Nullable;

/** The stored namespaces: reading, and planning changes of them in a transaction. */
@Singleton
public final class Namespaces {
    private static final String ROOT = "/";

    /** What the constraints of namespaces demand, with the fields of their columns. */
    public static final Constraints CONSTRAINTS = new Constraints(Arrays.stream(NamespaceField.values())
            .collect(Collectors.toMap(NamespaceField::column, NamespaceField::json)));

    private final AdminSessions sessions;

    @Inject
    Namespaces(AdminSessions sessions) {
        this.sessions = sessions;
    }

    public Uni<Optional<StoredNamespace>> find(String path) {
        return sessions.reading(session -> byPath(session, path, LockModeType.NONE))
                .map(row -> Optional.ofNullable(row).map(StoredNamespace::of));
    }

    /** Those of the paths that no stored namespace has, in their order. */
    public Uni<List<String>> missing(Collection<String> paths) {
        return paths.isEmpty()
                ? Uni.createFrom().item(List.of())
                : sessions.reading(session -> session.createSelectionQuery(
                                        "select path from NamespaceEntity where path in :paths", String.class)
                                .setParameter("paths", List.copyOf(paths))
                                .getResultList())
                        .map(known -> paths.stream()
                                .filter(path -> !known.contains(path))
                                .distinct()
                                .sorted()
                                .toList());
    }

    /** The namespaces that a query is for, in its order. */
    public Uni<Found<StoredNamespace>> list(NamespaceQuery query) {
        return query.list()
                .read(sessions, NamespaceEntity.class, query.text(), selection -> {
                    for (int i = 0; i < query.within().size() && !query.everywhere(); i++) {
                        String path = query.within().get(i);
                        // a path has no character that a pattern treats in a special way
                        selection.setParameter("own" + i, path).setParameter("below" + i, path + "/%");
                    }
                    return selection;
                })
                .map(rows -> rows.map(StoredNamespace::of));
    }

    /**
     * Plans changes in a transaction that has begun. It locks the namespaces' rows.
     *
     * @param changes at most one for each namespace, in the order of their paths: a namespace before those below it
     */
    public Uni<NamespacePlans> plan(StatelessSession session, List<Change<String, NamespaceContent>> changes) {
        List<Change<String, NamespaceContent>> storing = changes.stream()
                .filter(change -> !NamespacePlans.isDeletion(change))
                .toList();
        List<Change<String, NamespaceContent>> deleting =
                changes.reversed().stream().filter(NamespacePlans::isDeletion).toList();
        Set<String> stored = storing.stream().map(Change::key).collect(Collectors.toUnmodifiableSet());
        return Plans.of(session, storing, change -> plan(session, change, stored), StoredNamespace::of)
                .chain(first -> Plans.of(
                                session, deleting, change -> plan(session, change, stored), StoredNamespace::of)
                        .map(then -> new NamespacePlans(changes, first, then)));
    }

    private Uni<Plan<NamespaceEntity>> plan(
            StatelessSession session, Change<String, NamespaceContent> change, Set<String> stored) {
        return byPath(session, change.key(), LockModeType.PESSIMISTIC_WRITE).chain(row -> {
            Optional<StoredNamespace> before = Optional.ofNullable(row).map(StoredNamespace::of);
            Optional<String> tag = before.map(StoredNamespace::tag);
            if (!change.precondition().holds(tag)) {
                return refused(new Refused.PreconditionFailed(tag));
            }
            return switch (change) {
                case Change.Put<String, NamespaceContent> put ->
                    checked(session, put.key(), NamespaceContent.read(put.document()), row, stored);
                case Change.Restore<String, NamespaceContent> restore ->
                    checked(
                            session,
                            restore.key(),
                            new NamespaceContent.Read(restore.content(), List.of()),
                            row,
                            stored);
                case Change.Patch<String, NamespaceContent> patch ->
                    before.map(known -> checked(
                                    session, patch.key(), known.content().patched(patch.patch()), row, stored))
                            .orElseGet(() -> refused(new Refused.NotFound("namespace " + patch.key())));
                case Change.Delete<String, NamespaceContent> delete -> deletion(delete.key(), row);
            };
        });
    }

    private static Uni<Plan<NamespaceEntity>> deletion(String path, @Nullable NamespaceEntity row) {
        if (path.equals(ROOT)) {
            return refused(new Refused.Conflict("the root of all namespaces can't be deleted"));
        }
        return row == null
                ? refused(new Refused.NotFound("namespace " + path))
                : Uni.createFrom().item(new Plan.Delete<>(row));
    }

    /** Finds every fault of a row; a write would name only the first. */
    private Uni<Plan<NamespaceEntity>> checked(
            StatelessSession session,
            String path,
            NamespaceContent.Read read,
            @Nullable NamespaceEntity row,
            Set<String> stored) {
        if (row != null && read.faults().isEmpty() && NamespaceContent.of(row).equals(read.content())) {
            return Uni.createFrom().item(new Plan.Keep<>(row));
        }
        NamespaceEntity next = row == null ? created(path) : row;
        ObjectNode columns = read.content()
                .columns()
                .put("id", String.valueOf(next.id))
                .put("path", path)
                .put("version", next.version);
        return sessions.violations(session, "namespace", columns.toString(), CONSTRAINTS)
                .chain(violations -> orphaned(session, path, row, stored).map(orphan -> {
                    List<Fault> faults = new ArrayList<>(read.faults());
                    faults.addAll(violations);
                    faults.addAll(ImpossibleBounds.of(read.content()));
                    orphan.ifPresent(faults::add);
                    if (!faults.isEmpty()) {
                        return new Plan.Refuse<>(new Refused.Invalid(faults));
                    }
                    read.content().write(next);
                    return row == null ? new Plan.Insert<>(next) : new Plan.Update<>(next);
                }));
    }

    /** The fault of a new namespace whose parent is not stored, and is not created by the same transaction. */
    private static Uni<Optional<Fault>> orphaned(
            StatelessSession session, String path, @Nullable NamespaceEntity row, Set<String> stored) {
        String parent = parent(path);
        if (row != null || path.equals(ROOT) || stored.contains(parent)) {
            return Uni.createFrom().item(Optional.empty());
        }
        return byPath(session, parent, LockModeType.NONE)
                .map(known -> known == null
                        ? Optional.of(new Fault("namespace", "there is no namespace " + parent + ": create it first"))
                        : Optional.empty());
    }

    /** The path one step up; that of the root is the root. */
    public static String parent(String path) {
        int last = path.lastIndexOf('/');
        return last <= 0 ? ROOT : path.substring(0, last);
    }

    private static Uni<Plan<NamespaceEntity>> refused(Refused why) {
        return Uni.createFrom().item(new Plan.Refuse<>(why));
    }

    private static NamespaceEntity created(String path) {
        NamespaceEntity row = new NamespaceEntity();
        row.id = UUID.randomUUID();
        row.path = path;
        return row;
    }

    private static Uni<NamespaceEntity> byPath(StatelessSession session, String path, LockModeType lock) {
        return session.createSelectionQuery("from NamespaceEntity where path = :path", NamespaceEntity.class)
                .setParameter("path", path)
                .setLockMode(lock)
                .getSingleResultOrNull();
    }
}
