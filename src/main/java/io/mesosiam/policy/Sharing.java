package io.mesosiam.policy;

/** Who shares one STS session. */
public enum Sharing {
    /** Each launch has a session, and so a CloudTrail identity, of its own. */
    TASK,
    /** All launches whose sessions would be identical share one; its texts hold no placeholder of a task. */
    ROLE
}
