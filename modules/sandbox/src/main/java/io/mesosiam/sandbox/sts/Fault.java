package io.mesosiam.sandbox.sts;

/** Something that goes wrong with AssumeRole. */
public enum Fault {
    NONE,
    /** The caller may not assume the role. */
    ACCESS_DENIED,
    THROTTLING,
    /** What was asked for is not valid, whatever it was. */
    VALIDATION_ERROR,
    /** The caller's own session has expired. */
    EXPIRED_TOKEN,
    /** Status 500. */
    INTERNAL_FAILURE,
    /** Status 200 and no XML. */
    GARBAGE,
    /** No answer, until the fault is taken back. */
    NEVER
}
