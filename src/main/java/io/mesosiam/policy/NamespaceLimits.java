package io.mesosiam.policy;

import java.util.Collection;

/** What the namespaces allow the policies in them. */
public interface NamespaceLimits {
    /** Limits nothing. */
    NamespaceLimits NONE = (policy, _) -> new Placement.Within(policy, TaskScope.EVERY_TASK);

    /**
     * Places a policy within the bounds of its namespace and of all namespaces above it.
     *
     * @param trusts the statements of attribute trust
     */
    Placement place(Policy policy, Collection<AttributeTrust> trusts);

    /** A policy compared with the bounds of its namespaces. */
    sealed interface Placement {
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
}
