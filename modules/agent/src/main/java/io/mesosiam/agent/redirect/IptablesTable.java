package io.mesosiam.agent.redirect;

import io.mesosiam.agent.redirect.IptablesRuleset.Jump;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rules as separate chains in iptables, for hosts without nft. Each table of each family is one transaction: four
 * small ones instead of nft's one.
 */
final class IptablesTable implements RuleTable {
    private final List<Family> families;

    private IptablesTable(List<Family> families) {
        this.families = families;
    }

    /** The installed one. The program for IPv6 may be missing. */
    static Optional<RuleTable> installed() {
        var families = new ArrayList<Family>();
        family("iptables", false).ifPresent(families::add);
        if (families.isEmpty()) {
            return Optional.empty();
        }
        family("ip6tables", true).ifPresent(families::add);
        return Optional.of(new IptablesTable(List.copyOf(families)));
    }

    private static Optional<Family> family(String name, boolean ipv6) {
        return Tool.installed(name).flatMap(tool -> Tool.installed(name + "-restore")
                .map(restore -> new Family(name, tool, restore, ipv6)));
    }

    @Override
    public String program() {
        return "iptables";
    }

    @Override
    public void apply(RedirectRules rules) throws RulesException {
        if (rules.ipv6() && families.stream().noneMatch(Family::ipv6)) {
            throw new RulesException(
                    "this kernel has IPv6, but ip6tables is not installed: install it, or better, nftables");
        }
        for (var family : families) {
            if (!family.ipv6() || rules.ipv6()) {
                var missing = IptablesRuleset.JUMPS.stream()
                        .filter(jump -> !family.has(jump))
                        .toList();
                family.restore(IptablesRuleset.of(rules, family.ipv6(), missing));
            }
        }
    }

    /**
     * The agent's chains. Other programs flush and restore the tables that they share with the agent, between the agent's
     * installation and its listing too: a listing in which a chain has no rules, or is not jumped to, must not be what
     * later ones are compared with.
     */
    @Override
    public Optional<String> listing() {
        var listing = new StringBuilder();
        for (var family : families) {
            if (family.ipv6() && !HostFacts.here().ipv6()) {
                continue;
            }
            for (var jump : IptablesRuleset.JUMPS) {
                var chain = family.tool().run("", "-w", "-t", jump.table(), "-S", jump.to());
                if (!chain.ok() || !chain.out().contains("-A " + jump.to() + " ") || !family.has(jump)) {
                    return Optional.empty();
                }
                listing.append(chain.out());
            }
        }
        return Optional.of(listing.toString());
    }

    @Override
    public boolean guards(String listing) {
        return listing.contains("--restore-skmark");
    }

    @Override
    public void remove() throws RulesException {
        for (var family : families) {
            var chains = IptablesRuleset.JUMPS.stream()
                    .filter(jump -> family.tool()
                            .run("", "-w", "-t", jump.table(), "-S", jump.to())
                            .ok())
                    .toList();
            if (!chains.isEmpty()) {
                var present = chains.stream().filter(family::has).toList();
                family.restore(IptablesRuleset.removal(present, chains));
            }
        }
    }

    @Override
    public String print(RedirectRules rules) {
        var text = new StringBuilder("# iptables-restore --noflush\n");
        text.append(IptablesRuleset.of(rules, false, IptablesRuleset.JUMPS));
        if (rules.ipv6()) {
            text.append("# ip6tables-restore --noflush\n");
            text.append(IptablesRuleset.of(rules, true, IptablesRuleset.JUMPS));
        }
        return text.toString();
    }

    private record Family(String name, Tool tool, Tool restore, boolean ipv6) {
        boolean has(Jump jump) {
            return tool.run("", "-w", "-t", jump.table(), "-C", jump.from(), "-j", jump.to())
                    .ok();
        }

        void restore(String text) throws RulesException {
            var outcome = restore.run(text, "--noflush", "-w");
            if (!outcome.ok()) {
                throw new RulesException("%s-restore refused the rules: %s".formatted(name, outcome.complaint()));
            }
        }
    }
}
