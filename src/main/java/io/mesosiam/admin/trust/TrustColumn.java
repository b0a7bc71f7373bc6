package io.mesosiam.admin.trust;

import io.mesosiam.admin.ListColumn;

/** The fields of attribute trust that a list can be filtered and sorted by, with the type of their values. */
public enum TrustColumn implements ListColumn {
    ID("id", Type.ID, false),
    VERSION("version", Type.LARGE_NUMBER, false),
    FRAMEWORK_PRINCIPAL("frameworkPrincipal", Type.TEXT, false),
    ATTRIBUTE("attribute", Type.TEXT, false),
    KEY("key", Type.TEXT, true),
    DESCRIPTION("description", Type.TEXT, true),
    MADE_BY("madeBy", Type.TEXT, false);

    private final String json;
    private final Type type;
    private final boolean optional;

    TrustColumn(String json, Type type, boolean optional) {
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
