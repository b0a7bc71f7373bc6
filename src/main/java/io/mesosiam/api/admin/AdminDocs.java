package io.mesosiam.api.admin;

import io.mesosiam.signin.Role;

/** Texts of {@code openapi.yaml} that the writing operations share. */
public final class AdminDocs {
    public static final String ETAG = "Identifies this version; for If-Match";
    public static final String POLICY_NAME = "The policy's name";
    public static final String REASON =
            "Why this changes: 1 to 1024 characters without control characters. Kept with the version and in the audit trail";
    public static final String REASON_EXAMPLE = "CHANGE-4711 nightly reports read the lake";
    public static final String VERSION_EXAMPLE = "2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55.3";
    public static final String VERSION =
            "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\.[1-9][0-9]{0,17}";
    public static final String VERSION_PATTERN = "^" + VERSION + "$";
    public static final String FOR_READERS =
            "For viewer, operator, namespace-admin, admin and auditor of the namespace.";
    public static final String FOR_WRITERS = "For namespace-admin and admin of the namespace.";
    public static final String IF_MATCH = "Writes only if the stored version has this ETag; * for any version";
    public static final String IF_NONE_MATCH = "*: creates, but never replaces";
    public static final String PRECONDITION_FAILED = "The stored version is another one; 'versions' has both";
    public static final String INVALID = "The content is not valid; 'errors' names every wrong field";

    /** The roles that read what is administered. */
    public static Role[] readers() {
        return new Role[] {Role.VIEWER, Role.OPERATOR, Role.NAMESPACE_ADMIN, Role.AUDITOR};
    }

    private AdminDocs() {}
}
