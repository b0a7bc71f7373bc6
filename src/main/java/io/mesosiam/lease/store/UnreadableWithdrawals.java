package io.mesosiam.lease.store;

import io.mesosiam.lease.Decider;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Subject;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Decides as another decider does, but gives nothing new while a withdrawal stands of which nothing can be read. Tasks keep and renew what
 * they hold, and denials hold.
 */
public final class UnreadableWithdrawals implements Decider {
    private static final String WHY =
            "a withdrawal can't be read and may cover it: nothing new is issued until an operator lifts or corrects that row";

    private final Decider policies;
    private final BooleanSupplier holdsBack;

    public UnreadableWithdrawals(Decider policies, BooleanSupplier holdsBack) {
        this.policies = policies;
        this.holdsBack = holdsBack;
    }

    @Override
    public Map<CredentialName, Decision> decide(Subject subject) {
        Map<CredentialName, Decision> decisions = policies.decide(subject);
        if (!holdsBack.getAsBoolean()) {
            return decisions;
        }
        return decisions.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> backoff(entry.getValue())));
    }

    private static Decision backoff(Decision decision) {
        return switch (decision) {
            case Decision.Allowed allowed ->
                new Decision.Pending(WHY, allowed.verdicts(), Map.of(allowed.policy(), allowed.entitlement()), true);
            case Decision.Denied denied -> denied;
            case Decision.Conflict conflict -> conflict;
            case Decision.NoMatch none -> none;
            case Decision.Pending pending -> pending;
        };
    }
}
