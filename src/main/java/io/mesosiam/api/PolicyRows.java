package io.mesosiam.api;

import static java.util.stream.Collectors.toMap;

import io.mesosiam.api.sight.Sight;
import io.mesosiam.policy.Grants;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rows of the policy table at one version, as a caller sees them. */
public record PolicyRows(Map<PolicyId, Policy> policies, List<RejectedRow> rejected, Grants grants, Sight sight) {
    public static PolicyRows of(PolicySet set, Sight sight) {
        return new PolicyRows(
                set.policies().stream().collect(toMap(Policy::id, policy -> policy)),
                sight.everything() ? set.rejected() : List.of(),
                set.grants(),
                sight);
    }

    /** Empty if the row can't be used. */
    Optional<Policy> usable(PolicyId id) {
        return Optional.ofNullable(policies.get(id)).or(() -> grants.find(id));
    }
}
