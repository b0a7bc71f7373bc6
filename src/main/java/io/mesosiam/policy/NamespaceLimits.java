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
}
