package io.mesosiam.sandbox.sts;

/** An error as AWS answers it; codes and texts from the STS API reference, CommonErrors and AssumeRole. */
final class StsError extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;

    StsError(int status, String code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    static StsError validation(String field, String value, String constraint) {
        return new StsError(
                400,
                "ValidationError",
                "1 validation error detected: Value '" + value + "' at '" + field + "' failed to satisfy constraint: "
                        + constraint);
    }

    static StsError accessDenied(String caller, String role) {
        return new StsError(
                403,
                "AccessDenied",
                "User: " + caller + " is not authorized to perform: sts:AssumeRole on resource: " + role);
    }

    static StsError expiredToken() {
        return new StsError(403, "ExpiredToken", "The security token included in the request is expired");
    }

    static StsError throttling() {
        return new StsError(400, "Throttling", "Rate exceeded");
    }

    static StsError internalFailure() {
        return new StsError(500, "InternalFailure", "The request processing has failed");
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
