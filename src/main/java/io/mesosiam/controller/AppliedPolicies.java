package io.mesosiam.controller;

import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.cluster.PolicyDifference;
import java.util.Optional;
import java.util.function.Consumer;

/** Passes each set of policies on as its difference from the one before. Called by one thread at a time. */
final class AppliedPolicies implements Consumer<PolicySet> {
    private final Reconciler reconciler;
    private Optional<PolicySet> last = Optional.empty();

    AppliedPolicies(Reconciler reconciler) {
        this.reconciler = reconciler;
    }

    @Override
    public void accept(PolicySet set) {
        last.ifPresentOrElse(
                before -> reconciler
                        .policies()
                        .changed(set.version(), PolicyDifference.between(before.withGrants(set.grants()), set)),
                () -> reconciler.policies().changed(set.version()));
        last = Optional.of(set);
    }
}
