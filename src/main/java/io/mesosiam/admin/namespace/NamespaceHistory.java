package io.mesosiam.admin.namespace;

import io.mesosiam.admin.AdminSessions;
import io.mesosiam.admin.Found;
import io.mesosiam.admin.RowsOfPage;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;

/** The versions of namespaces, also of deleted ones. */
@Singleton
public final class NamespaceHistory {
    private static final String OF_PATH = "from NamespaceRevisionEntity where path = :path";

    /** Versions of two namespaces that had the path one after the other are ordered by time. */
    private static final String NEWEST_FIRST = " order by changedAt desc, version desc, namespaceId";

    private static final String OLDER = " and (changedAt < :at or (changedAt = :at and (version < :version"
            + " or (version = :version and namespaceId > :namespace))))";

    private final AdminSessions sessions;

    @Inject
    NamespaceHistory(AdminSessions sessions) {
        this.sessions = sessions;
    }

    /**
     * The versions under a path, the newest first.
     *
     * @param after the last version of the previous page
     */
    public Uni<Found<NamespaceRevision>> list(String path, Optional<NamespaceRevision> after, int limit) {
        var rows = new RowsOfPage<>(
                NamespaceRevisionEntity.class, OF_PATH + (after.isPresent() ? OLDER : "") + NEWEST_FIRST, query -> {
                    query.setParameter("path", path);
                    after.ifPresent(
                            last -> query.setParameter("at", last.changedAt().atOffset(ZoneOffset.UTC))
                                    .setParameter("version", last.version())
                                    .setParameter("namespace", last.namespaceId()));
                    return query;
                });
        return sessions.reading(session -> rows.read(session, limit)).map(found -> found.map(NamespaceRevision::of));
    }

    /** One version under a path. */
    public Uni<Optional<NamespaceRevision>> find(String path, UUID namespace, long version) {
        return sessions.reading(session -> session.createSelectionQuery(
                                OF_PATH + " and namespaceId = :namespace and version = :version",
                                NamespaceRevisionEntity.class)
                        .setParameter("path", path)
                        .setParameter("namespace", namespace)
                        .setParameter("version", version)
                        .getSingleResultOrNull())
                .map(row -> Optional.ofNullable(row).map(NamespaceRevision::of));
    }
}
