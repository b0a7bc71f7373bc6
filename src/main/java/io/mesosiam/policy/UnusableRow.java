package io.mesosiam.policy;

import io.mesosiam.policy.RejectedRow.Consequence;
import io.mesosiam.postgres.PlainReason;
import java.util.List;
import java.util.Optional;

/**
 * A row that can't be used, and what is read of it. An allow then gives nothing. A deny still denies: a column that can't be read counts as matching.
 * Where nothing says which tasks a deny concerns, or whether the row is a deny, it ends no lease: the tasks that it may concern get nothing new.
 *
 * @param deny what can be read of a row that denies or may deny
 */
record UnusableRow(RejectedRow row, Optional<Policy> deny) {
    static UnusableRow of(PolicyRow row, RuntimeException failure) {
        Optional<Effect> effect = row.readableEffect();
        boolean mayDeny = row.mayBeEnabled() && !effect.equals(Optional.of(Effect.ALLOW));
        List<Selector> selectors = row.selectors();
        Consequence consequence = mayDeny ? consequence(effect, selectors, row) : Consequence.NONE;
        String name = row.readableName();
        return new UnusableRow(
                new RejectedRow(row.id(), name, effect, PlainReason.of(failure), consequence),
                Optional.of(new Policy(
                                row.id(),
                                row.readableNamespace(),
                                name,
                                true,
                                0,
                                selectors,
                                new Rule.Deny(row.readableCredentialName())))
                        .filter(_ -> mayDeny));
    }

    private static Consequence consequence(Optional<Effect> effect, List<Selector> selectors, PolicyRow row) {
        boolean saysWhom = row.matchesAll() || selectors.stream().anyMatch(s -> !(s instanceof Selector.Unreadable));
        return effect.isPresent() && saysWhom ? Consequence.DENIES : Consequence.HOLDS_BACK;
    }
}
