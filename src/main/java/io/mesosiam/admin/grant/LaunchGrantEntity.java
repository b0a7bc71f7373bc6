package io.mesosiam.admin.grant;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.hibernate.annotations.ColumnTransformer;
import org.jspecify.annotations.Nullable;

/** A row of table {@code launch_grant}. It is only read: the database sets most of it, and refuses to change the rest. */
@Entity
@Table(name = "launch_grant")
class LaunchGrantEntity {
    @Id
    @Nullable
    UUID id;

    @Nullable
    String namespace;

    @Column(name = "iam_role_arn")
    @Nullable
    String iamRoleArn;

    @Column(name = "credential_name")
    @Nullable
    String credentialName;

    @Column(name = "framework_principal")
    @Nullable
    String frameworkPrincipal;

    @Column(name = "mesos_role")
    @Nullable
    String mesosRole;

    @Column(name = "task_id")
    @Nullable
    String taskId;

    @Column(name = "session_policy")
    @ColumnTransformer(read = "cast(session_policy as text)")
    @Nullable
    String sessionPolicy;

    boolean sensitive;

    @Column(name = "expires_at")
    @Nullable
    OffsetDateTime expiresAt;

    long version;

    /** The number of a transaction. */
    @Column(name = "changed_in")
    @ColumnTransformer(read = "cast(changed_in as text)")
    @Nullable
    String changedIn;

    @Column(name = "made_at")
    @Nullable
    OffsetDateTime madeAt;

    @Column(name = "made_by")
    @Nullable
    String madeBy;

    @Column(name = "bound_at")
    @Nullable
    OffsetDateTime boundAt;

    @Column(name = "bound_framework_id")
    @Nullable
    String boundFrameworkId;

    @Column(name = "bound_task_id")
    @Nullable
    String boundTaskId;

    @Column(name = "bound_mesos_agent_id")
    @Nullable
    String boundMesosAgentId;

    @Column(name = "bound_container_id")
    @Nullable
    String boundContainerId;

    @Column(name = "suspended_at")
    @Nullable
    OffsetDateTime suspendedAt;

    @Column(name = "suspended_reason")
    @Nullable
    String suspendedReason;

    @Column(name = "ended_at")
    @Nullable
    OffsetDateTime endedAt;

    @Column(name = "ended_by")
    @Nullable
    String endedBy;

    @Column(name = "end_reason")
    @Nullable
    String endReason;
}
