package io.mesosiam.api.audit;

/** The forms of the actors and objects that audit events name. A search for another form would be empty, and look like an answer. */
final class AuditNames {
    /** A character that is not blank. */
    private static final String VISIBLE =
            "[^:\\u0000-\\u0020\\u007f-\\u00a0\\u1680\\u2000-\\u200d\\u2028\\u2029\\u202f\\u205f\\u2060\\u3000\\ufeff]";

    /** A controller's id can be any text; with a colon it is the name of a host with a port, or has more than letters before. */
    static final String ACTOR = "^((address|certificate|database|oidc|token):[^\\u0000]+" + "|[^:\\u0000]*" + VISIBLE
            + "[^:\\u0000]*|[a-z]+:[0-9]+|[^:\\u0000]*[^:a-z\\u0000][^:\\u0000]*:[^\\u0000]*)$";

    static final String ACTOR_DEMAND =
            "must be oidc:NAME, token:NAME, certificate:NAME, database:USER, address:ADDRESS, bootstrap,"
                    + " loopback, or a controller's id";

    static final String OBJECT = "^((policy:([^/\\u0000]+|/[^\\u0000]+)|namespace:/[^\\u0000]*)"
            + "|(attribute-trust|authority|host|host-role|join-token|launch-grant|request|token|withdrawal):[^\\u0000]+)$";

    static final String OBJECT_DEMAND =
            "must be policy:NAME for one of the namespace /, policy:/NAMESPACE/NAME for another,"
                    + " namespace:/PATH, attribute-trust:ID, launch-grant:ID, withdrawal:ID, token:NAME, host:NAME, host-role:ACCOUNT/NAME, join-token:ID, authority:FINGERPRINT, or request:METHOD PATH";

    private AuditNames() {}
}
