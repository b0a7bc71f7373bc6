package io.mesosiam.policy;

/**
 * A row of the policy table that can't be used; the others are.
 *
 * @param name the row's own, for people
 * @param reason what is wrong with it, for operators
 */
public record RejectedRow(PolicyId policy, String name, Effect effect, String reason) {}
