package io.mesosiam.agent.redirect;

import java.util.Optional;

/** Where the rules are kept: the kernel's packet filter, spoken to through one of its two programs. */
public sealed interface RuleTable permits NftTable, IptablesTable {
    /** The program behind it, for messages. */
    String program();

    /** Puts the rules in place of whatever ours are there, whole or not at all. */
    void apply(RedirectRules rules) throws RulesException;

    /**
     * Our rules as the kernel tells them, for comparing with a later answer; empty if none are there. That the same rules come back in the
     * same words is all that is known about the text.
     */
    Optional<String> listing() throws RulesException;

    /** Whether a listing has the rules that admit the agent's socket alone. */
    boolean guards(String listing);

    /** Takes our rules out, whoever put them in. No error where there are none. */
    void remove() throws RulesException;

    /** The rules as {@link #apply} would hand them over. */
    String print(RedirectRules rules);

    /** The one that this host has: nft before iptables. */
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
