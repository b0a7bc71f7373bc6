package io.mesosiam.lease;

/** Why a container is refused, in the stable form that its error body carries. */
public enum RefusalCode {
    NO_POLICY("NoPolicy"),
    DENIED("DeniedByPolicy"),
    CONFLICT("ConflictingPolicies"),
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
