package io.mesosiam.policy;

/** A policy compared with the bounds of its namespaces. */
public sealed interface Placement {
    /** The tasks that the policy can concern. */
    TaskScope scope();

    /**
     * The policy is within the bounds.
     *
     * @param policy the policy as it takes effect: what it gives includes what its namespaces add to each session
     */
    record Within(Policy policy, TaskScope scope) implements Placement {}

    /**
     * The policy violates a bound. An allow gives nothing; a deny still denies the tasks of {@code scope} that it matches.
     *
     * @param reason for operators; begins with the column and names the namespace and the bound
     */
    record Outside(TaskScope scope, String reason) implements Placement {}
}
