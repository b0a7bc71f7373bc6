package io.mesosiam.lease.plan;

import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Refusal.RefusalCode;
import java.util.List;
import java.util.Optional;

/**
 * The refusal of a name to the container because AWS refuses the session that policy gives. A session that exists is
 * served until it ends. The refusal stays during further attempts and is withdrawn once a session has been issued.
 */
final class AwsRefusal {
    private static final String MESSAGE = "a policy allows it, but AWS refuses the session; the operators can see why";

    private final NameView name;
    private final Optional<LeaseState> lease;

    /** @param give what policy gives; a lease with another session doesn't count */
    AwsRefusal(NameView name, DesiredLease.Give give) {
        this.name = name;
        this.lease = name.lease(give.hash()).map(kept -> kept.lease().state());
    }

    List<LeaseAction> actions() {
        Optional<String> reason = name.backoff().flatMap(SessionBackoff::refusal);
        boolean isServed = lease.filter(LeaseState::isServed).isPresent();
        NameActions actions = new NameActions(name);
        if (reason.isPresent() && !isServed) {
            actions.refuse(RefusalCode.REFUSED_BY_AWS, reason.get(), MESSAGE);
        } else if (!isAttempted() || !isRefused()) {
            actions.clearRefusal();
        }
        return actions.toList();
    }

    /** Whether a session is being requested again, as after a change of the policies. */
    private boolean isAttempted() {
        return name.backoff().isEmpty()
                && lease.filter(state -> !state.isServed()).isPresent();
    }

    private boolean isRefused() {
        return name.refusal()
                .filter(refusal -> refusal.code() == RefusalCode.REFUSED_BY_AWS)
                .isPresent();
    }
}
