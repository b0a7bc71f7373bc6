package io.mesosiam.policy;

/** When the first session is requested from STS. */
public enum Prefetch {
    /** As soon as the task is known, so that its first request is answered from memory. */
    ALWAYS,
    /** When the task's container first requests credentials. */
    ON_ASK
}
