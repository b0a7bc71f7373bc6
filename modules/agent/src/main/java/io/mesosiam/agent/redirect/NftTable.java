package io.mesosiam.agent.redirect;

import java.util.Optional;

/** The rules as a separate nftables table. Needs kernel 5.2 or newer: older ones can't redirect in {@code inet}. */
final class NftTable implements RuleTable {
    private final Tool nft;

    NftTable(Tool nft) {
        this.nft = nft;
    }

    @Override
    public String program() {
        return "nft";
    }

    @Override
    public void apply(RedirectRules rules) throws RulesException {
        transact(NftRuleset.of(rules), "refused the rules");
    }

    @Override
    public void remove() throws RulesException {
        transact(NftRuleset.removal(), "could not remove the rules");
    }

    @Override
    public String print(RedirectRules rules) {
        return NftRuleset.of(rules);
    }

    /**
     * The table without the elements of its sets, which the kernel fills.
     *
     * <p>A cgroup that was deleted and recreated is listed as a number: the listing differs, and the rules are applied
     * again.
     */
    @Override
    public Optional<String> listing() throws RulesException {
        var outcome = nft.run("", "--stateless", "--numeric", "--terse", "list", "table", "inet", "mesos_iam");
        if (outcome.ok()) {
            return Optional.of(outcome.out());
        }
        if (outcome.err().contains("No such file or directory")) {
            return Optional.empty();
        }
        throw failure("could not list the rules", outcome);
    }

    @Override
    public boolean guards(String listing) {
        return listing.contains("socket mark != 0x%08x".formatted(RedirectRules.MARK));
    }

    private void transact(String text, String failure) throws RulesException {
        var outcome = nft.run(text, "-f", "-");
        if (!outcome.ok()) {
            throw failure(failure, outcome);
        }
    }

    private static RulesException failure(String what, Tool.Outcome outcome) {
        var cure =
                outcome.err().contains("Operation not permitted") ? ": the agent needs the capability NET_ADMIN" : "";
        return new RulesException("nft %s: %s%s".formatted(what, outcome.complaint(), cure));
    }
}
