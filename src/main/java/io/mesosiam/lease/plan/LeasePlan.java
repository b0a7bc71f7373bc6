package io.mesosiam.lease.plan;

import io.mesosiam.lease.Outlook;
import io.mesosiam.policy.CredentialName;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The actions for one launch, in order: first reaps, because a new lease may need the name or the container of an old
 * one; then first sessions; then renewals.
 */
public record LeasePlan(List<LeaseAction> actions) {
    public LeasePlan {
        actions = actions.size() < 2
                ? List.copyOf(actions)
                : actions.stream()
                        .sorted(Comparator.comparingInt(LeasePlan::rank))
                        .toList();
    }

    /** When the launch has to be planned again without an event. */
    public Optional<Instant> again() {
        return actions.stream()
                .flatMap(action -> action instanceof LeaseAction.Wait wait ? wait.until().stream() : null)
                .min(Comparator.naturalOrder());
    }

    /** Why credential names have no session, or no new one, and until when. */
    public Map<CredentialName, Outlook.Waiting> waiting() {
        Map<CredentialName, Outlook.Waiting> reasons = new HashMap<>();
        actions.forEach(action -> {
            if (action instanceof LeaseAction.Wait wait) {
                reasons.putIfAbsent(wait.name(), new Outlook.Waiting(wait.why(), wait.reason(), wait.until()));
            }
        });
        return reasons;
    }

    private static int rank(LeaseAction action) {
        return switch (action) {
            case LeaseAction.Withdraw _, LeaseAction.BindGrant _, LeaseAction.SuspendGrant _ -> 0;
            case LeaseAction.Reap _, LeaseAction.HandOver _ -> 1;
            case LeaseAction.ClearRefusal _ -> 2;
            case LeaseAction.Refuse _ -> 3;
            case LeaseAction.Limit _ -> 4;
            case LeaseAction.Bind _ -> 5;
            case LeaseAction.Expire _ -> 6;
            case LeaseAction.Issue _ -> 7;
            case LeaseAction.Request _ -> 8;
            case LeaseAction.Renew _ -> 9;
            case LeaseAction.Wait _ -> 10;
        };
    }
}
