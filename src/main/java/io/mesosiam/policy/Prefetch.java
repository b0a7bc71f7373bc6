package io.mesosiam.policy;

/** When a session is asked of STS. */
public enum Prefetch {
    /** As soon as the task is known: its first ask is answered from memory. */
    ALWAYS,
    /** When the task's container first asks. */
    ON_ASK
}
