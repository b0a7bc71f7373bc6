package io.mesosiam.agent.redirect;

import java.util.Optional;

/** The rules in the kernel's packet filter, accessed through one of its two programs. */
interface RuleTable {
    /** The program's name, for messages. */
    String program();

    /** Replaces the agent's existing rules by these, completely or not at all. */
    void apply(RedirectRules rules) throws RulesException;

    /**
     * The agent's rules as the kernel lists them, for a comparison with a later listing; empty if there are none, or a part
     * of them is missing. The text has no other use: equal rules have equal listings.
     */
    Optional<String> listing() throws RulesException;

    /** Whether a listing has the rules that accept only the agent's socket. */
    boolean guards(String listing);

    /** Removes the agent's rules, whichever process installed them. No error if there are none. */
    void remove() throws RulesException;

    /** The rules as {@link #apply} would send them to the program. */
    String print(RedirectRules rules);

    /** The program that this host has: nft before iptables. */
    static RuleTable installed() throws RulesException {
        var nft = Tool.installed("nft");
        if (nft.isPresent()) {
            return new NftTable(nft.get());
        }
        return IptablesTable.installed()
                .orElseThrow(() ->
                        new RulesException("neither nft nor iptables is installed: install the package nftables"));
    }
}
