package io.mesosiam.policy;

/** Whether a selector holds for a task. */
public enum MatchResult {
    HOLDS,
    FAILS,
    /**
     * The value isn't known at present. Neither result may be assumed, since that could give too much or end a lease
     * wrongly.
     */
    UNKNOWN,
    /** The value is damaged and can't be compared. For a deny this counts as matching, for an allow as not matching. */
    UNEVALUABLE
}
