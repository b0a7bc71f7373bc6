package io.mesosiam.mesos;

/** Whether what we see is all there is. In an incomplete view absence proves nothing. */
public sealed interface Completeness {
    /** What we see agrees with the master's own unfiltered counters. */
    record Whole() implements Completeness {}

    /** Something is missing or can't be compared; the reason names it for the operator. */
    record Incomplete(String reason) implements Completeness {}
}
