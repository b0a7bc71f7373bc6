package io.mesosiam.api;

/** The stable codes of problems, with the status that each comes with. {@code openapi.yaml} lists them. */
public enum ProblemCode {
    /** A parameter is not of its form; {@code errors} names it. */
    INVALID_PARAMETER("invalid-parameter", 400, "A parameter is not valid"),
    /** There is nothing under this path. */
    NOT_FOUND("not-found", 404, "There is nothing here"),
    /** The path is right, the method isn't. */
    METHOD_NOT_ALLOWED("method-not-allowed", 405, "This method is not for this path"),
    /** None of the media types that the caller accepts can be had. */
    NOT_ACCEPTABLE("not-acceptable", 406, "No media type that you accept can be answered"),
    /** The request names another host than this one: a browser may have been misled. */
    WRONG_HOST("wrong-host", 421, "The request is for another host"),
    /** A fault of ours; the log tells more under the request's id. */
    INTERNAL("internal", 500, "Something went wrong here");

    private final String text;
    private final int status;
    private final String title;

    ProblemCode(String text, int status, String title) {
        this.text = text;
        this.status = status;
        this.title = title;
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
