package io.mesosiam.mesos;

/**
 * Whether the known state contains everything that the master has. If it is incomplete, a missing task proves nothing.
 */
public sealed interface Completeness {
    /** The known state agrees with the master's own unfiltered counters. */
    record Whole() implements Completeness {}

    /** Something is missing or can't be compared. The reason is for operators. */
    record Incomplete(String reason) implements Completeness {}
}
