package io.mesosiam.admin;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.UUID;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.Formula;
import org.jspecify.annotations.Nullable;

/**
 * A row of table {@code policy_revision}, which a trigger writes; the database refuses to change it. Hibernate would look up
 * an entity that it knows as immutable in a cache, which a stateless session does not have.
 */
@Entity
@Table(name = "policy_revision")
@IdClass(PolicyRevisionEntity.Key.class)
class PolicyRevisionEntity {
    @Id
    @Column(name = "policy_id")
    @Nullable
    UUID policyId;

    @Id
    long version;

    @Nullable
    String operation;

    @Nullable
    String namespace;

    @Nullable
    String name;

    @ColumnTransformer(read = "cast(content as text)")
    @Nullable
    String content;

    /** The row has intervals as texts, whose form depends on the writer's settings. */
    @Formula("interval_seconds(json_extract_path_text(content, 'session_length'))")
    @Nullable
    Long sessionSeconds;

    @Formula("interval_seconds(json_extract_path_text(content, 'lease_ttl'))")
    @Nullable
    Long leaseSeconds;

    @Column(name = "changed_at")
    @Nullable
    OffsetDateTime changedAt;

    @Column(name = "database_user")
    @Nullable
    String databaseUser;

    @Nullable
    String caller;

    @Nullable
    String reason;

    @Column(name = "request_id")
    @Nullable
    String requestId;

    /** The table's key. */
    static class Key implements Serializable {
        private static final long serialVersionUID = 1L;

        @Nullable
        UUID policyId;

        long version;

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && version == key.version && Objects.equals(policyId, key.policyId);
        }

        @Override
        public int hashCode() {
            return Objects.hash(policyId, version);
        }
    }
}
