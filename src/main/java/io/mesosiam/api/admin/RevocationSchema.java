package io.mesosiam.api.admin;

import io.mesosiam.api.Forms;
import io.mesosiam.api.Parameters;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body of a revocation, for {@code openapi.yaml} alone: {@link RevocationRequest} reads it. */
@Schema(name = "RevocationRequest", description = "What is revoked: exactly one of the targets")
record RevocationSchema(
        @Schema(
                description = "A lease: its task gets none under that name on that host again, later launches neither",
                pattern = Forms.ID)
        @Nullable
        String leaseId,

        @Schema(
                description = "With taskId: a task, its later launches too",
                maxLength = Parameters.MAX_TEXT,
                pattern = Forms.MESOS_ID)
        @Nullable
        String frameworkId,

        @Schema(
                description = "With frameworkId: a task, its later launches too",
                maxLength = Parameters.MAX_TEXT,
                pattern = Forms.MESOS_ID)
        @Nullable
        String taskId,

        @Schema(description = "A policy: everything that it gives", pattern = Forms.ID) @Nullable
        String policyId,

        @Schema(
                description = "An IAM role: all of its sessions, whichever policy gives them",
                maxLength = Forms.LONGEST_ARN,
                pattern = Forms.IAM_ROLE)
        @Nullable
        String iamRoleArn,

        @Schema(
                description = "A Mesos agent: all tasks on its host",
                maxLength = Parameters.MAX_TEXT,
                pattern = Forms.MESOS_ID)
        @Nullable
        String mesosAgentId,

        @Schema(
                description = "true: the sessions are denied at AWS too, so that copied keys end. Refused for sessions"
                        + " that other leases share, unless the target is the IAM role",
                defaultValue = "false")
        boolean hard) {}
