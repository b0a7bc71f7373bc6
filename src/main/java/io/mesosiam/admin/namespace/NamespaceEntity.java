package io.mesosiam.admin.namespace;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.hibernate.annotations.ColumnTransformer;
import org.jspecify.annotations.Nullable;

/**
 * A row of table {@code namespace}. The session policy floor is a text here, so that a stored document keeps its exact form.
 * The database sets who and when, the parent, and the version.
 */
@Entity
@Table(name = "namespace")
class NamespaceEntity {
    /** The table's key is the path. */
    @Id
    @Nullable
    UUID id;

    @Version
    @Column(name = "version")
    long version = 1;

    @Nullable
    String path;

    @Column(insertable = false, updatable = false)
    @Nullable
    String parent;

    @Nullable
    String description;

    @Column(name = "iam_role_arns")
    String @Nullable [] iamRoleArns;

    @Column(name = "via_role_arns")
    String @Nullable [] viaRoleArns;

    @Column(name = "aws_accounts")
    String @Nullable [] awsAccounts;

    @Column(name = "mesos_roles")
    String @Nullable [] mesosRoles;

    @Column(name = "framework_principals")
    String @Nullable [] frameworkPrincipals;

    @Column(name = "longest_ttl")
    @ColumnTransformer(
            read = "cast(extract(epoch from longest_ttl) as bigint)",
            write = "make_interval(secs => cast(? as double precision))")
    @Nullable
    Long longestTtl;

    @Column(name = "session_policy_floor")
    @ColumnTransformer(read = "cast(session_policy_floor as text)", write = "cast(cast(? as text) as json)")
    @Nullable
    String sessionPolicyFloor;

    @Column(name = "trusted_selectors_only")
    boolean trustedSelectorsOnly;

    @Column(name = "sensitive_only")
    boolean sensitiveOnly;

    @Column(name = "created_at", insertable = false, updatable = false)
    @Nullable
    OffsetDateTime createdAt;

    @Column(name = "created_by", insertable = false, updatable = false)
    @Nullable
    String createdBy;

    @Column(name = "updated_at", insertable = false, updatable = false)
    @Nullable
    OffsetDateTime updatedAt;

    @Column(name = "updated_by", insertable = false, updatable = false)
    @Nullable
    String updatedBy;
}
