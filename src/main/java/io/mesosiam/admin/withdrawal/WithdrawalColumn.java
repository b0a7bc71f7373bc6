package io.mesosiam.admin.withdrawal;

import io.mesosiam.admin.ListColumn;

/** The fields of withdrawals that a list can be filtered and sorted by, with the type of their values. */
public enum WithdrawalColumn implements ListColumn {
    ID("id", Type.ID, false),
    FRAMEWORK_ID("frameworkId", Type.TEXT, true),
    TASK_ID("taskId", Type.TEXT, true),
    MESOS_AGENT_ID("mesosAgentId", Type.TEXT, true),
    LAUNCH_SEQUENCE("launchSequence", Type.LARGE_NUMBER, true),
    CREDENTIAL_NAME("credentialName", Type.TEXT, true),
    POLICY_ID("policyId", Type.ID, true),
    IAM_ROLE_ARN("iamRoleArn", Type.TEXT, true),
    REASON("reason", Type.TEXT, false),
    MADE_BY("madeBy", Type.TEXT, false),
    LIFTED_BY("liftedBy", Type.TEXT, true);

    private final String json;
    private final Type type;
    private final boolean optional;

    WithdrawalColumn(String json, Type type, boolean optional) {
        this.json = json;
        this.type = type;
        this.optional = optional;
    }

    @Override
    public String json() {
        return json;
    }

    @Override
    public Type type() {
        return type;
    }

    @Override
    public boolean optional() {
        return optional;
    }
}
