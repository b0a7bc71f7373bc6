package io.mesosiam.preview.live;

import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.preview.Effects;
import io.mesosiam.preview.Reached;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The answer to a preview.
 *
 * @param live the number of live leases before the change
 * @param roles the IAM roles that the changed policies name, each with what reaches it after the change
 * @param before the policies without the change
 * @param after the policies with it
 * @param objection why the change needs a confirmation; empty if it may be made
 */
public record Previewed(
        Basis basis,
        Effects effects,
        long live,
        List<Role> roles,
        PolicySet before,
        PolicySet after,
        Optional<String> objection) {
    /** The same for a change that needs no confirmation, because it ends at most one lease. */
    public Previewed withoutObjection() {
        return new Previewed(basis, effects, live, roles, before, after, Optional.empty());
    }

    /**
     * What reaches an IAM role.
     *
     * @param policies the enabled policies that allow it
     * @param grants the namespace of each launch grant by which a task reaches it
     */
    public record Role(IamRole role, List<Policy> policies, Map<PolicyId, String> grants, List<Reached> reached) {}
}
