package io.mesosiam.admin;

import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;

/** The versions of policies, also of deleted ones. */
@Singleton
public final class PolicyHistory {
    private static final String OF_KEY = "from PolicyRevisionEntity where namespace = :namespace and name = :name";

    /** Versions of two policies that had the name one after the other are ordered by time. */
    private static final String NEWEST_FIRST = " order by changedAt desc, version desc, policyId";

    private static final String OLDER = " and (changedAt < :at or (changedAt = :at and (version < :version"
            + " or (version = :version and policyId > :policy))))";

    private final AdminSessions sessions;

    @Inject
    PolicyHistory(AdminSessions sessions) {
        this.sessions = sessions;
    }

    /**
     * The versions under a name, the newest first.
     *
     * @param after the last version of the previous page
     */
    public Uni<Found<PolicyRevision>> list(PolicyKey key, Optional<PolicyRevision> after, int limit) {
        var rows = new RowsOfPage<>(
                PolicyRevisionEntity.class, OF_KEY + (after.isPresent() ? OLDER : "") + NEWEST_FIRST, query -> {
                    query.setParameter("namespace", key.namespace()).setParameter("name", key.name());
                    after.ifPresent(
                            last -> query.setParameter("at", last.changedAt().atOffset(ZoneOffset.UTC))
                                    .setParameter("version", last.version())
                                    .setParameter("policy", last.policyId()));
                    return query;
                });
        return sessions.reading(session -> rows.read(session, limit)).map(found -> found.map(PolicyRevision::of));
    }

    /** One version under a name. */
    public Uni<Optional<PolicyRevision>> find(PolicyKey key, UUID policy, long version) {
        return sessions.reading(session -> session.createSelectionQuery(
                                OF_KEY + " and policyId = :policy and version = :version", PolicyRevisionEntity.class)
                        .setParameter("namespace", key.namespace())
                        .setParameter("name", key.name())
                        .setParameter("policy", policy)
                        .setParameter("version", version)
                        .getSingleResultOrNull())
                .map(row -> Optional.ofNullable(row).map(PolicyRevision::of));
    }
}
