package io.mesosiam.policy;

/** Whether a policy allows or denies. */
public enum Effect {
    ALLOW,
    DENY
}
