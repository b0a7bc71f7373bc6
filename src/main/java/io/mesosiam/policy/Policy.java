package io.mesosiam.policy;

import java.util.List;

/**
 * One row of the policy table.
 *
 * @param namespace whose it is, {@code /} for the root
 * @param enabled whether it takes part; if not, it is only shown
 * @param priority of the allows that match, those with the highest decide
 * @param selectors all must hold; none of them: it matches every task
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

    /** Whether it matches every task: a row says so by {@code match_all} and has no selector then. */
    public boolean matchesAll() {
        return selectors.isEmpty();
    }

    /** Its name with its namespace before it, if that isn't the root. */
    public String path() {
        return namespace.equals("/") ? name : namespace + "/" + name;
    }
}
