package io.mesosiam.sandbox.host;

/**
 * What came of a task's ask for credentials. Never a secret.
 *
 * @param status of the endpoint's answer; 0 where the SDK was asked, or there was no answer
 * @param role the IAM role: as the endpoint names it, or as STS names whoever signs with what the SDK was given
 * @param code of a refusal
 * @param message of a refusal, or the SDK's own words
 */
public record Asked(int status, String role, String code, String message) {
    static Asked granted(int status, String role) {
        return new Asked(status, role, "", "");
    }

    static Asked failed(String message) {
        return new Asked(0, "", "", message);
    }

    public boolean granted() {
        return !role.isEmpty();
    }

    /** Whether it is too early to say, so that a client asks again. */
    public boolean pending() {
        return !granted() && (status == 503 || status == 0);
    }
}
