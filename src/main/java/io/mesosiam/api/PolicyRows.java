package io.mesosiam.api;

import io.mesosiam.api.sight.Sight;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import java.util.List;
import java.util.Optional;

/** The rows of the policy table at one version, as a caller sees them. */
public record PolicyRows(PolicySet set, List<RejectedRow> rejected, Sight sight) {
    public static PolicyRows of(PolicySet set, Sight sight) {
        return new PolicyRows(set, sight.everything() ? set.rejected() : List.of(), sight);
    }

    /** Empty if the row can't be used. */
    Optional<Policy> usable(PolicyId id) {
        return set.policy(id).or(() -> set.grants().find(id));
    }
}
