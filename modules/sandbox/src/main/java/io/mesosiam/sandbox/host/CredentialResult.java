package io.mesosiam.sandbox.host;

/**
 * The result of a task's request for credentials. Never contains a secret.
 *
 * @param status HTTP status of the response; 0 if the SDK was used, or there was no response
 * @param role the IAM role: as the endpoint names it, or as STS names the caller that signs with the SDK's credentials
 * @param code code of a refusal
 * @param message message of a refusal, or of the SDK
 */
public record CredentialResult(int status, String role, String code, String message) {
    static CredentialResult granted(int status, String role) {
        return new CredentialResult(status, role, "", "");
    }

    static CredentialResult failed(String message) {
        return new CredentialResult(0, "", "", message);
    }

    public boolean granted() {
        return !role.isEmpty();
    }

    /** Whether the answer is "not yet", so that a client repeats the request. */
    public boolean pending() {
        return !granted() && (status == 503 || status == 0);
    }
}
