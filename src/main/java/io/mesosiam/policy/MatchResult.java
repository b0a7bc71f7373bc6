package io.mesosiam.policy;

/** Whether a selector holds for a task. */
public enum MatchResult {
    HOLDS,
    FAILS,
    /** What it asks about isn't known at present, and guessing could give too much or take too much away. */
    UNKNOWN,
    /** The value came damaged, so that it can't be compared: a deny then counts as matching, an allow does not. */
    UNEVALUABLE
}
