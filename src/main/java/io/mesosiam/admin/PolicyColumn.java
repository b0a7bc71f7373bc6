package io.mesosiam.admin;

/** The fields of stored policies that a list can be filtered and sorted by, with the type of their values. */
public enum PolicyColumn implements ListColumn {
    NAMESPACE("namespace", Type.TEXT, false),
    NAME("name", Type.TEXT, false),
    VERSION("version", Type.LARGE_NUMBER, false),
    DESCRIPTION("description", Type.TEXT, true),
    EFFECT("effect", Type.TEXT, false),
    PRIORITY("priority", Type.NUMBER, false),
    ENABLED("enabled", Type.TRUTH, false),
    MATCH_ALL("matchAll", Type.TRUTH, false),
    FRAMEWORK_PRINCIPAL("frameworkPrincipal", Type.TEXT, true),
    FRAMEWORK_NAME("frameworkName", Type.TEXT, true),
    MESOS_ROLE("mesosRole", Type.TEXT, true),
    TASK_NAME("taskName", Type.TEXT, true),
    TASK_USER("taskUser", Type.TEXT, true),
    IMAGE("image", Type.TEXT, true),
    CREDENTIAL_NAME("credentialName", Type.TEXT, true),
    IAM_ROLE_ARN("iamRoleArn", Type.TEXT, true),
    VIA_ROLE_ARN("viaRoleArn", Type.TEXT, true),
    SESSION_NAME("sessionName", Type.TEXT, true),
    DEFAULT_TAGS("defaultTags", Type.TRUTH, false),
    UNIQUE_EXTERNAL_ID("uniqueExternalId", Type.TRUTH, false),
    SOURCE_IDENTITY("sourceIdentity", Type.TEXT, true),
    REGION("region", Type.TEXT, true),
    SHORT_SESSION("shortSession", Type.TRUTH, false),
    SHARING("sharing", Type.TEXT, false),
    PREFETCH("prefetch", Type.TEXT, false),
    SENSITIVE("sensitive", Type.TRUTH, false),
    UPDATED_BY("updatedBy", Type.TEXT, true),
    CREATED_BY("createdBy", Type.TEXT, true);

    private final String json;
    private final Type type;
    private final boolean optional;

    PolicyColumn(String json, Type type, boolean optional) {
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
