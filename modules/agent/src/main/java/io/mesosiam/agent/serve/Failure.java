package io.mesosiam.agent.serve;

/** The error answers. Refusals of the controller have other codes. */
enum Failure {
    WRONG_HOST(403, "WrongHost", "the Host header must name an address that credentials are served at", Then.CLOSE),
    FORWARDED(403, "Forwarded", "credentials are not given through a proxy", Then.CLOSE),
    NOT_HTTP_1(505, "VersionNotSupported", "the request must be HTTP/1.1 or HTTP/1.0", Then.CLOSE),
    NOT_FOUND(404, "NotFound", "nothing is served at this path", Then.CLOSE),
    METHOD_NOT_ALLOWED(405, "MethodNotAllowed", "this path requires another method", Then.CLOSE),
    BODY_NOT_ALLOWED(413, "BodyNotAllowed", "the request must have no body", Then.CLOSE),
    BAD_TOKEN_LIFE(400, "BadTokenTtl", "a token's TTL must be 1 to 21600 seconds, in exactly one header", Then.CLOSE),
    TOKEN_NEEDED(
            401,
            "TokenNeeded",
            "this path requires a token that was issued to this task and is still valid",
            Then.KEEP_OPEN),
    AUTHORIZATION_NEEDED(
            401,
            "AuthorizationNeeded",
            "this path requires exactly one Authorization header, with a value that isn't blank and doesn't begin"
                    + " with Basic: set AWS_CONTAINER_AUTHORIZATION_TOKEN in the task to such a value, or"
                    + " AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE to a file that holds one",
            Then.CLOSE),
    UNKNOWN_CALLER(403, "UnknownCaller", "this process runs in no Mesos task on this host", Then.CLOSE),
    AMBIGUOUS_CALLER(403, "AmbiguousCaller", "the caller could be more than one Mesos task on this host", Then.CLOSE),
    UNRECORDED_SOCKET(
            403,
            "UnrecordedSocket",
            "the kernel has no record of which task made this connection's socket: connect without MPTCP",
            Then.CLOSE),
    UNRECORDED_SO_FAR(
            503,
            "UnrecordedSocket",
            "the kernel has no record of which task made this connection's socket: connect again",
            Then.CLOSE),
    NO_SUCH_ROLE(404, "NoSuchRole", "this task has no credentials of an IAM role with this name", Then.KEEP_OPEN),
    TOO_MANY_ASKS(429, "TooManyAsks", "this task sends too many requests", Then.CLOSE),
    ATTESTATION_PENDING(503, "AttestationPending", "the calling task is not known yet", Then.CLOSE),
    CALLER_CHANGED(503, "AttestationPending", "the calling task changed while it waited", Then.KEEP_OPEN),
    CREDENTIALS_PENDING(
            503, "CredentialsPending", "the credentials of this task are not available yet", Then.KEEP_OPEN),
    METADATA_PENDING(
            503, "MetadataPending", "the instance's metadata service has not returned this yet", Then.KEEP_OPEN),
    TOO_MANY_WAITING(503, "TooManyWaiting", "too many requests of this task are waiting already", Then.KEEP_OPEN),
    STOPPING(503, "Stopping", "the agent is stopping", Then.CLOSE),
    INTERNAL_ERROR(500, "InternalError", "the agent could not answer", Then.CLOSE);

    private enum Then {
        KEEP_OPEN,
        /** Closes the connection; what else the client has sent on it is not read. */
        CLOSE
    }

    private final int status;
    private final String code;
    private final String message;
    private final Then then;

    Failure(int status, String code, String message, Then then) {
        this.status = status;
        this.code = code;
        this.message = message;
        this.then = then;
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    String message() {
        return message;
    }

    boolean closes() {
        return then == Then.CLOSE;
    }
}
