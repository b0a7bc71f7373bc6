package io.mesosiam.admin.namespace;

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

/** A row of table {@code namespace_revision}, which a trigger writes; the database refuses to change it. */
@Entity
@Table(name = "namespace_revision")
@IdClass(NamespaceRevisionEntity.Key.class)
class NamespaceRevisionEntity {
    @Id
    @Column(name = "namespace_id")
    @Nullable
    UUID namespaceId;

    @Id
    long version;

    @Nullable
    String operation;

    @Nullable
    String path;

    @ColumnTransformer(read = "cast(content as text)")
    @Nullable
    String content;

    /** The row has the interval as a text, whose form depends on the writer's settings. */
    @Formula("interval_seconds(json_extract_path_text(content, 'longest_ttl'))")
    @Nullable
    Long longestTtlSeconds;

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
        UUID namespaceId;

        long version;

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && version == key.version && Objects.equals(namespaceId, key.namespaceId);
        }

        @Override
        public int hashCode() {
            return Objects.hash(namespaceId, version);
        }
    }
}
