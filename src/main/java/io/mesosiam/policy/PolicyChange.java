package io.mesosiam.policy;

/** One change of what decides: of a policy, of the trust in an attribute, or of the bounds of namespaces. */
public sealed interface PolicyChange {
    /** Creates the policy, or replaces the row with its id. */
    record Put(Policy policy) implements PolicyChange {}

    /** Deletes the row with this id, whether it can be used or not. */
    record Remove(PolicyId policy) implements PolicyChange {}

    /** States that a framework's principal enforces an attribute. */
    record Trust(AttributeTrust stated) implements PolicyChange {}

    /** Takes back such a statement. */
    record Distrust(AttributeTrust stated) implements PolicyChange {}

    /** Replaces the bounds of all namespaces. */
    record Bound(NamespaceLimits limits) implements PolicyChange {}
}
