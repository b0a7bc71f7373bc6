package io.mesosiam.api.admin;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body of a revocation, for {@code openapi.yaml} alone: {@link RevocationRequest} reads it. */
@Schema(name = "RevocationRequest", description = "What is revoked: exactly one of the targets")
record RevocationSchema(
        @Schema(description = "A lease: its launch gets none under that name again", format = "uuid") @Nullable
        String leaseId,

        @Schema(description = "With taskId: a task, its later launches too") @Nullable
        String frameworkId,

        @Schema(description = "With frameworkId: a task, its later launches too") @Nullable
        String taskId,

        @Schema(description = "A policy: everything that it gives", format = "uuid") @Nullable
        String policyId,

        @Schema(description = "An IAM role: all of its sessions, whichever policy gives them") @Nullable
        String iamRoleArn,

        @Schema(description = "A Mesos agent: all tasks on its host") @Nullable
        String mesosAgentId,

        @Schema(
                description = "true: the sessions are denied at AWS too, so that copied keys end. Refused for sessions"
                        + " that other leases share, unless the target is the IAM role",
                defaultValue = "false")
        boolean hard) {}
