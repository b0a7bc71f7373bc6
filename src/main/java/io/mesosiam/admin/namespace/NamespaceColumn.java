package io.mesosiam.admin.namespace;

import io.mesosiam.admin.ListColumn;

/** The fields of stored namespaces that a list can be filtered and sorted by, with the type of their values. */
public enum NamespaceColumn implements ListColumn {
    PATH("path", Type.TEXT, false),
    PARENT("parent", Type.TEXT, true),
    VERSION("version", Type.LARGE_NUMBER, false),
    DESCRIPTION("description", Type.TEXT, true),
    TRUSTED_SELECTORS_ONLY("trustedSelectorsOnly", Type.TRUTH, false),
    SENSITIVE_ONLY("sensitiveOnly", Type.TRUTH, false),
    UPDATED_BY("updatedBy", Type.TEXT, true),
    CREATED_BY("createdBy", Type.TEXT, true);

    private final String json;
    private final Type type;
    private final boolean optional;

    NamespaceColumn(String json, Type type, boolean optional) {
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
