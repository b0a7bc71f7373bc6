package io.mesosiam.policy;

import java.util.List;

/**
 * One row of the policy table.
 *
 * @param namespace the namespace that owns it, {@code /} for the root
 * @param enabled whether it takes part in decisions; a disabled policy is only listed
 * @param priority among matching allows, those with the highest priority decide
 * @param selectors all must hold; an empty list matches every task
 */
public record Policy(
        PolicyId id,
        String namespace,
        String name,
        boolean enabled,
        int priority,
        List<Selector> selectors,
        Rule rule) {
    public Policy {
        selectors = List.copyOf(selectors);
    }

    /** Whether it matches every task. Such a row sets {@code match_all} and has no selector. */
    public boolean matchesAll() {
        return selectors.isEmpty();
    }

    /** The name, prefixed with the namespace unless that is the root. */
    public String path() {
        return namespace.equals("/") ? name : namespace + "/" + name;
    }
}
