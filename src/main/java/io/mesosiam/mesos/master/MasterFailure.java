package io.mesosiam.mesos.master;

import java.util.Objects;

/** A failed request to a master, or an unusable response. The message names the request and the problem. */
public final class MasterFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** Kinds of failures that need different actions by an operator. */
    enum Kind {
        /** 401: the principal or its secret is wrong. */
        UNAUTHORISED,
        /** 403: the principal lacks the permission for this request. */
        FORBIDDEN,
        /** 404, 405, 501: this master doesn't offer the endpoint. */
        NOT_OFFERED,
        /** 503: no leader is elected, or it has not finished its recovery. */
        NO_LEADER,
        /** Not reachable, no response in time, or an internal error. */
        UNAVAILABLE,
        /** The response doesn't conform to the protocol. */
        MALFORMED,
        /** The response is larger than its limit. */
        TOO_LARGE,
        /** A redirect loop, or a redirect to an unknown host or away from TLS. */
        REDIRECT_REFUSED,
        /** Any other status. */
        REFUSED
    }

    private final Kind kind;

    MasterFailure(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    MasterFailure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }

    Kind kind() {
        return kind;
    }

    static Kind kindOf(int status) {
        return switch (status) {
            case 401 -> Kind.UNAUTHORISED;
            case 403 -> Kind.FORBIDDEN;
            case 404, 405, 501 -> Kind.NOT_OFFERED;
            case 503 -> Kind.NO_LEADER;
            default -> status >= 500 ? Kind.UNAVAILABLE : Kind.REFUSED;
        };
    }
}
