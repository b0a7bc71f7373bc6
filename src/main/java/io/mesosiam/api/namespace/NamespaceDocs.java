package io.mesosiam.api.namespace;

/** Texts of {@code openapi.yaml} that the operations on namespaces share. */
final class NamespaceDocs {
    static final String TAG = "namespaces";
    static final String TAG_DESCRIPTION = "The namespaces that own policies and bound them";
    static final String FOR_READERS = "For viewer, operator, namespace-admin, admin and auditor of the namespace.";
    static final String FOR_WRITERS =
            "For namespace-admin and admin of a namespace above it; the root / is for its admin.";
    static final String PATH = "The namespace's path";
    static final String PATH_EXAMPLE = "/data/reporting";
    static final String NAMESPACE_ID = "The namespace's id; a namespace that is created again has a new id";

    private NamespaceDocs() {}
}
