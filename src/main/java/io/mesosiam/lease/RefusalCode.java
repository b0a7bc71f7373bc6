package io.mesosiam.lease;

/** Why a container is refused, in the stable form that its error body carries. */
public enum RefusalCode {
    NO_POLICY("NoPolicy"),
    DENIED("DeniedByPolicy"),
    CONFLICT("ConflictingPolicies"),
    /** Policy gives a role, but no session that STS would take can be made of it for this task: waiting doesn't help. */
    SESSION_IMPOSSIBLE("SessionImpossible"),
    /** Policy gives a role, but STS refuses the session, for instance by the role's trust policy. It is asked for again all the same. */
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
