package io.mesosiam.admin.withdrawal;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of table {@code withdrawal}. The database sets who and when. */
@Entity
@Table(name = "withdrawal")
class WithdrawalEntity {
    @Id
    @Nullable
    UUID id;

    @Column(name = "framework_id")
    @Nullable
    String frameworkId;

    @Column(name = "task_id")
    @Nullable
    String taskId;

    @Column(name = "mesos_agent_id")
    @Nullable
    String mesosAgentId;

    @Column(name = "launch_sequence")
    @Nullable
    Long launchSequence;

    @Column(name = "credential_name")
    @Nullable
    String credentialName;

    @Column(name = "policy_id")
    @Nullable
    UUID policyId;

    @Column(name = "iam_role_arn")
    @Nullable
    String iamRoleArn;

    @Nullable
    String reason;

    @Column(name = "made_by", insertable = false, updatable = false)
    @Nullable
    String madeBy;

    @Column(name = "made_at", insertable = false, updatable = false)
    @Nullable
    OffsetDateTime madeAt;

    @Column(name = "keys_valid_until", insertable = false, updatable = false)
    @Nullable
    OffsetDateTime keysValidUntil;

    /** Any time that is written lifts the withdrawal; the database sets the time. */
    @Column(name = "lifted_at")
    @Nullable
    OffsetDateTime liftedAt;

    @Column(name = "lifted_by", insertable = false, updatable = false)
    @Nullable
    String liftedBy;
}
