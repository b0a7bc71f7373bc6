package io.mesosiam.preview;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.plan.DesiredLease;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.PolicyId;
import java.util.Optional;

/**
 * The credentials that a task has, or gets when it requests them.
 *
 * @param policy the policy that gives them
 * @param identityHash the identity of their sessions
 * @param entitlement empty for a lease that is only kept, because it can't be decided now what policy gives
 */
public record Gift(IamRole role, PolicyId policy, String identityHash, Optional<Entitlement> entitlement) {
    static Gift of(DesiredLease.Give give) {
        return new Gift(give.identity().role(), give.policy(), give.hash(), Optional.of(give.entitlement()));
    }

    static Gift of(Lease lease) {
        return new Gift(lease.role(), lease.policy(), lease.identityHash(), Optional.empty());
    }
}
