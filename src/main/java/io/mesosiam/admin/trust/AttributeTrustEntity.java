package io.mesosiam.admin.trust;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of table {@code attribute_trust}. The database sets who and when. */
@Entity
@Table(name = "attribute_trust")
class AttributeTrustEntity {
    @Id
    @Nullable
    UUID id;

    @Version
    @Column(name = "version")
    long version = 1;

    @Column(name = "framework_principal")
    @Nullable
    String frameworkPrincipal;

    @Nullable
    String attribute;

    @Nullable
    String key;

    @Nullable
    String description;

    @Column(name = "made_by", insertable = false, updatable = false)
    @Nullable
    String madeBy;

    @Column(name = "created_at", insertable = false, updatable = false)
    @Nullable
    OffsetDateTime createdAt;
}
