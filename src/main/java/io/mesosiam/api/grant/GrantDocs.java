package io.mesosiam.api.grant;

import io.mesosiam.signin.Role;

/** Texts of {@code openapi.yaml} that the operations on grants share. */
final class GrantDocs {
    static final String TAG = "grants";
    static final String TAG_DESCRIPTION = "IAM roles for single launches";
    static final String ID = "The grant's id";
    static final String FRAMEWORK_PRINCIPAL = "What the task's framework authenticated as, in full";
    static final String MESOS_ROLE = "The Mesos role that the task's resources are allocated to, or one above it";
    static final String TASK_ID = "The exact id of the task, which then needs no label";
    static final String SESSION_POLICY = "An inline session policy, which narrows what the IAM role gives";
    static final String SENSITIVE = "true: only a launch that a controller has witnessed gets it";
    /** Where a grant's other operations find their parameters. */
    static final String SAME_NAMESPACE = "$request.path.namespace";

    static final String MADE = "$response.body#/grantId";
    static final String FOR_READERS =
            "For viewer, operator, namespace-admin, spawner, admin and auditor of the namespace.";

    private GrantDocs() {}

    /** The roles that read grants. */
    static Role[] readers() {
        return new Role[] {Role.VIEWER, Role.OPERATOR, Role.NAMESPACE_ADMIN, Role.SPAWNER, Role.AUDITOR};
    }
}
