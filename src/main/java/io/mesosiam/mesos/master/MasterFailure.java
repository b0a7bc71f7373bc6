package io.mesosiam.mesos.master;

import java.util.Objects;

/** A master that can't be asked, or whose answer can't be used. The message names the request and what was wrong. */
public final class MasterFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** What an operator would do something different about. */
    enum Kind {
        /** 401: the principal or its secret is wrong. */
        UNAUTHORISED,
        /** 403: the principal may not ask this. */
        FORBIDDEN,
        /** 404, 405, 501: this master has no such endpoint. */
        NOT_OFFERED,
        /** 503: no leader is elected, or it hasn't recovered yet. */
        NO_LEADER,
        /** Not reachable, silent, or an internal error. */
        UNAVAILABLE,
        /** Not what the protocol says. */
        MALFORMED,
        /** Larger than its limit. */
        TOO_LARGE,
        /** A redirect that leads in circles, to an unknown host, or away from TLS. */
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
