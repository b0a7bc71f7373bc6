package io.mesosiam.policy;

import io.mesosiam.policy.RejectedRow.Consequence;
import io.mesosiam.postgres.PlainReason;
import java.util.List;
import java.util.Optional;

/**
 * A row that can't be used, with its readable parts. An unusable allow gives nothing. An unusable deny still denies: a
 * column that can't be read counts as matching. If the row doesn't determine which tasks a deny concerns, or whether it
 * is a deny, it ends no lease, and the tasks that it may concern get nothing new.
 *
 * @param deny the readable parts of a row that is or may be a deny
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
        boolean namesTasks = row.matchesAll() || selectors.stream().anyMatch(s -> !(s instanceof Selector.Unreadable));
        return effect.isPresent() && namesTasks ? Consequence.DENIES : Consequence.HOLDS_BACK;
    }
}
