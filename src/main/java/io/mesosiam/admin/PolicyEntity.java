package io.mesosiam.admin;

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
 * A row of table {@code policy}. JSON columns are texts here, so that a stored document keeps its exact form. The database
 * sets who and when, and the version.
 */
@Entity
@Table(name = "policy")
class PolicyEntity {
    private static final String AS_JSON = "cast(cast(? as text) as json)";
    private static final String AS_INTERVAL = "make_interval(secs => cast(? as double precision))";

    @Id
    @Nullable
    UUID id;

    @Version
    @Column(name = "version")
    long version = 1;

    @Nullable
    String namespace;

    @Nullable
    String name;

    @Nullable
    String description;

    @Nullable
    String effect;

    int priority;
    boolean enabled;

    @Column(name = "match_all")
    boolean matchAll;

    @Column(name = "framework_principal")
    @Nullable
    String frameworkPrincipal;

    @Column(name = "framework_name")
    @Nullable
    String frameworkName;

    @Column(name = "mesos_role")
    @Nullable
    String mesosRole;

    @Column(name = "task_name")
    @Nullable
    String taskName;

    @Column(name = "task_user")
    @Nullable
    String taskUser;

    @Nullable
    String image;

    @ColumnTransformer(read = "cast(labels as text)", write = AS_JSON)
    @Nullable
    String labels;

    @Column(name = "agent_attributes")
    @ColumnTransformer(read = "cast(agent_attributes as text)", write = AS_JSON)
    @Nullable
    String agentAttributes;

    @Column(name = "credential_name")
    @Nullable
    String credentialName;

    @Column(name = "iam_role_arn")
    @Nullable
    String iamRoleArn;

    @Column(name = "via_role_arn")
    @Nullable
    String viaRoleArn;

    @Column(name = "session_name")
    @Nullable
    String sessionName;

    @Column(name = "session_policy")
    @ColumnTransformer(read = "cast(session_policy as text)", write = AS_JSON)
    @Nullable
    String sessionPolicy;

    @Column(name = "session_policy_arns")
    String[] sessionPolicyArns = {};

    @ColumnTransformer(read = "cast(tags as text)", write = AS_JSON)
    String tags = "{}";

    @Column(name = "default_tags")
    boolean defaultTags;

    @Column(name = "transitive_tags")
    String[] transitiveTags = {};

    @Column(name = "source_identity")
    @Nullable
    String sourceIdentity;

    @Column(name = "unique_external_id")
    boolean uniqueExternalId;

    @Column(name = "external_id")
    @Nullable
    String externalId;

    @Nullable
    String region;

    @Column(name = "session_length")
    @ColumnTransformer(read = "cast(extract(epoch from session_length) as bigint)", write = AS_INTERVAL)
    long sessionLength;

    @Column(name = "short_session")
    boolean shortSession;

    @Column(name = "lease_ttl")
    @ColumnTransformer(read = "cast(extract(epoch from lease_ttl) as bigint)", write = AS_INTERVAL)
    @Nullable
    Long leaseTtl;

    @Nullable
    String sharing;

    @Nullable
    String prefetch;

    boolean sensitive;

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
