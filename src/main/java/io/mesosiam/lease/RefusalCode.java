package io.mesosiam.lease;

/** Why a container is refused, as the stable code in the body of the error response. */
public enum RefusalCode {
    NO_POLICY("NoPolicy"),
    DENIED("DeniedByPolicy"),
    CONFLICT("ConflictingPolicies"),
    /** Policy gives a role, but STS would not accept the session that results for this task. Waiting doesn't help. */
    SESSION_IMPOSSIBLE("SessionImpossible"),
    /**
     * Policy gives a role, but STS refuses the session, for instance because of the role's trust policy. Attempts
     * continue.
     */
    REFUSED_BY_AWS("RefusedByAws"),
    WITHDRAWN("Withdrawn"),
    ENDED("TaskEnded");

    private final String text;

    RefusalCode(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }
}
