package io.mesosiam.policy;

import java.util.List;

/**
 * One row of the policy table, or what a launch grant says in the form of one.
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

    /** What it is and its name, within a sentence. The id of a grant is its name. */
    public String title() {
        return id.grant() ? "grant " + name : "policy " + path();
    }

    /** Among matching allows, those with the highest rank decide: a launch grant before every policy, then the priority. */
    long rank() {
        return id.grant() ? Long.MAX_VALUE : priority;
    }

    /** The credential name that it gives or denies; {@code default} if it denies all. */
    CredentialName credentialName() {
        return switch (rule) {
            case Rule.Allow allow -> allow.name();
            case Rule.Deny deny -> deny.name().orElse(CredentialName.DEFAULT);
        };
    }

    /** The name, prefixed with the namespace unless that is the root. */
    public String path() {
        return namespace.equals("/") ? name : namespace + "/" + name;
    }
}
