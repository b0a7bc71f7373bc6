package io.mesosiam.lease.store;

import io.mesosiam.lease.Decider;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.Subject;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Wraps a decider: while a withdrawal is active of which no part can be read, nothing new is given. Tasks keep and
 * renew what they hold, and denials stay in force.
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
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> withoutNew(entry.getValue())));
    }

    @Override
    public Set<PolicyId> contested(Subject subject) {
        return policies.contested(subject);
    }

    @Override
    public Optional<String> over(PolicyId grant) {
        return policies.over(grant);
    }

    private static Decision withoutNew(Decision decision) {
        return switch (decision) {
            case Decision.Allowed allowed ->
                new Decision.Narrowed(WHY, allowed.verdicts(), Map.of(allowed.policy(), allowed.entitlement()));
            case Decision.Denied denied -> denied;
            case Decision.Conflict conflict -> conflict;
            case Decision.NoMatch none -> none;
            case Decision.Undecided undecided -> undecided;
        };
    }
}
