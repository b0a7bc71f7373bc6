package io.mesosiam.admin.host;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of table {@code join_token}. It is only read: the database sets most of it, and refuses to change the rest. */
@Entity
@Table(name = "join_token")
class JoinTokenEntity {
    @Id
    @Nullable
    UUID id;

    byte @Nullable [] hash;

    @Nullable
    String hostname;

    int uses;

    int used;

    @Column(name = "expires_at")
    @Nullable
    OffsetDateTime expiresAt;

    @Column(name = "made_at")
    @Nullable
    OffsetDateTime madeAt;

    @Column(name = "made_by")
    @Nullable
    String madeBy;

    @Column(name = "revoked_at")
    @Nullable
    OffsetDateTime revokedAt;

    @Column(name = "revoked_by")
    @Nullable
    String revokedBy;
}
