package io.mesosiam.sandbox.sts;

/** Faults of AssumeRole. */
public enum Fault {
    NONE,
    /** The caller may not assume the role. */
    ACCESS_DENIED,
    THROTTLING,
    /** The request is invalid, regardless of its content. */
    VALIDATION_ERROR,
    /** The caller's own session has expired. */
    EXPIRED_TOKEN,
    /** Status 500. */
    INTERNAL_FAILURE,
    /** Status 200 and no XML. */
    GARBAGE,
    /** No answer until the fault is cleared. */
    NEVER
}
