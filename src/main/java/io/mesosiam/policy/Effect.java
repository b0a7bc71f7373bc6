package io.mesosiam.policy;

/** What a policy does to the tasks that it matches. */
public enum Effect {
    ALLOW,
    DENY
}
