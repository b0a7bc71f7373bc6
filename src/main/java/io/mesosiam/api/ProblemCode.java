package io.mesosiam.api;

import java.util.Arrays;

/** The stable codes of problems, with their HTTP status. {@code openapi.yaml} lists them. */
public enum ProblemCode {
    /** A parameter is invalid or unknown to the operation; {@code errors} names it. */
    INVALID_PARAMETER("invalid-parameter", 400, "A parameter is not valid"),
    /** The request is not well-formed HTTP: its target, its Host or a header can't be read. */
    MALFORMED_REQUEST("malformed-request", 400, "The request is not well-formed"),
    /** The request has no credential, or none that is valid; {@code WWW-Authenticate} names the accepted kind. */
    NOT_SIGNED_IN("not-signed-in", 401, "The caller has not signed in"),
    /** The caller has none of the roles that the operation is for, or not in this namespace. */
    NOT_ALLOWED("not-allowed", 403, "The caller may not do this"),
    /** A page of another site sent the change, or a page of this one without the header that shows that it is. */
    CROSS_SITE("cross-site", 403, "The request comes from another site"),
    /** The database user of the controllers' administration lacks a right. */
    NOT_PERMITTED("not-permitted", 403, "The database does not permit this"),
    /** No resource has this path. */
    NOT_FOUND("not-found", 404, "There is nothing here"),
    /** The path exists, but not with this method; {@code Allow} lists the methods that it has. */
    METHOD_NOT_ALLOWED("method-not-allowed", 405, "This path does not support the method"),
    /** None of the media types that the caller accepts is available. */
    NOT_ACCEPTABLE("not-acceptable", 406, "No acceptable media type is available"),
    /** The request's body did not arrive in time. */
    BODY_TOO_SLOW("body-too-slow", 408, "The request's body took too long"),
    /** Another object has the name. */
    NAME_TAKEN("name-taken", 409, "The name is taken"),
    /** Another object, or another request at the same time, prevents it. */
    CONFLICT("conflict", 409, "The present state does not permit this"),
    /** The request names a controller, and another one answers. */
    NOT_THIS_CONTROLLER("not-this-controller", 409, "Another controller answers"),
    /** No other controller that admits agents is known, and the request has not confirmed that. */
    NO_OTHER_CONTROLLER("no-other-controller", 409, "No other controller admits agents"),
    /** The change ends more live leases than may end without a confirmation; {@code leasesEnded} has the number. */
    BLAST_RADIUS("blast-radius", 409, "The change would end many leases"),
    /** The stored version is another than the request demands; {@code versions} has both. */
    PRECONDITION_FAILED("precondition-failed", 412, "The stored version is another one"),
    /** The request's body is larger than the API reads. */
    BODY_TOO_LARGE("body-too-large", 413, "The request's body is too large"),
    /** The request's path and query are longer than the API reads. */
    TARGET_TOO_LONG("target-too-long", 414, "The request's path and query are too long"),
    /** The request's body has a media type that the operation does not read. */
    UNSUPPORTED_MEDIA_TYPE(
            "unsupported-media-type",
            415,
            "The Content-Type must be application/json, or application/merge-patch+json for PATCH"),
    /** The request names another host: a browser may have been misled (DNS rebinding). */
    WRONG_HOST("wrong-host", 421, "The request is for another host"),
    /** The object that the body describes is not valid; {@code errors} names every wrong field. */
    INVALID_OBJECT("invalid-object", 422, "The object is not valid"),
    /** Too many requests of the caller's address had a wrong credential; {@code Retry-After} has the time to wait. */
    TOO_MANY_SIGN_INS("too-many-sign-ins", 429, "Too many failed sign-ins"),
    /** The caller has as many streams open as one caller may, or all callers together have. */
    TOO_MANY_STREAMS("too-many-streams", 429, "Too many streams are open"),
    /** As many requests with a body are read or answered as one address may have, or all together. */
    TOO_MANY_BODIES("too-many-bodies", 429, "Too many requests with a body"),
    /** The request's headers are larger than the API reads. */
    HEADERS_TOO_LARGE("headers-too-large", 431, "The request's headers are too large"),
    /** An unexpected failure of the controller; the log has details under the id of the request. */
    INTERNAL("internal", 500, "Internal error"),
    /** The controller is starting or stopping; the same request can succeed later. */
    UNAVAILABLE("unavailable", 503, "The controller can't answer now");

    private final String text;
    private final int status;
    private final String title;

    ProblemCode(String text, int status, String title) {
        this.text = text;
        this.status = status;
        this.title = title;
    }

    /** The code for a status that a library chose: the one with this status, else the one of its class. */
    static ProblemCode of(int status) {
        return Arrays.stream(values())
                .filter(code -> code.status == status && code != INVALID_PARAMETER && code != CROSS_SITE)
                .findFirst()
                .orElse(status < 500 ? MALFORMED_REQUEST : INTERNAL);
    }

    String text() {
        return text;
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }
}
