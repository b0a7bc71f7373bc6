package io.mesosiam.policy;

/** Which launches share an STS session. */
public enum Sharing {
    /** Each launch has its own session and therefore its own identity in CloudTrail. */
    TASK,
    /** Launches with identical sessions share one. Its texts contain no placeholder that depends on the task. */
    ROLE
}
