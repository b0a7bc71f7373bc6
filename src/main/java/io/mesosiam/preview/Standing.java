package io.mesosiam.preview;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.plan.DesiredLease;
import io.mesosiam.lease.plan.LaunchView;
import io.mesosiam.lease.plan.LeaseAction;
import io.mesosiam.lease.plan.NameOutcome;
import io.mesosiam.policy.CredentialName;
import java.util.List;
import java.util.Optional;

/**
 * The situation of one credential name of a task, once nothing changes any more.
 *
 * @param gift the credentials that the task has or gets on request, from its own lease or another task's in its container
 * @param refusal the code of the refusal, if the name is refused
 * @param conflict whether policies conflict
 * @param undecided whether it can't be decided yet
 * @param reason why there are no credentials, or no new ones; empty if there is nothing to say
 * @param lease the name's own live lease
 */
record Standing(
        Optional<Gift> gift,
        Optional<RefusalCode> refusal,
        boolean conflict,
        boolean undecided,
        String reason,
        Optional<Lease> lease) {
    /** The situation of a name that concerns nothing. */
    static final Standing NOTHING =
            new Standing(Optional.empty(), Optional.empty(), false, false, "no policy gives it", Optional.empty());

    static Standing of(LaunchView view, CredentialName name, NameOutcome outcome) {
        Optional<DesiredLease> desired =
                Optional.ofNullable(view.desiredLeases().get(name));
        Optional<Lease> lease = Optional.ofNullable(view.leases().get(name)).map(kept -> kept.lease());
        boolean conflict =
                desired.filter(DesiredLease.Conflicting.class::isInstance).isPresent();
        boolean undecided =
                desired.filter(DesiredLease.Undecided.class::isInstance).isPresent();
        Optional<Gift> gift = gift(outcome, desired);
        return new Standing(gift, refusal(outcome), conflict, undecided, reason(outcome, desired), lease);
    }

    private static Optional<Gift> gift(NameOutcome outcome, Optional<DesiredLease> desired) {
        return switch (outcome) {
            case NameOutcome.Kept kept -> Optional.of(Gift.of(kept.give()));
            case NameOutcome.Issued issued -> Optional.of(Gift.of(issued.give()));
            case NameOutcome.Retained retained ->
                Optional.of(Gift.of(retained.lease().lease()));
            case NameOutcome.Postponed postponed ->
                desired.filter(_ -> isServedByOther(postponed.waits()))
                        .flatMap(give -> give instanceof DesiredLease.Give given
                                ? Optional.of(Gift.of(given))
                                : Optional.empty());
            case NameOutcome.Refused _, NameOutcome.Expired _, NameOutcome.Unconcerned _ -> Optional.empty();
        };
    }

    private static boolean isServedByOther(List<LeaseAction.Wait> waits) {
        return waits.stream().anyMatch(wait -> wait.why() == WaitReason.SERVED_BY_OTHER_TASK);
    }

    private static Optional<RefusalCode> refusal(NameOutcome outcome) {
        return switch (outcome) {
            case NameOutcome.Refused refused -> Optional.of(refused.code());
            case NameOutcome.Expired _ -> Optional.of(RefusalCode.WITHDRAWN);
            case NameOutcome.Kept _, NameOutcome.Issued _, NameOutcome.Retained _ -> Optional.empty();
            case NameOutcome.Postponed _, NameOutcome.Unconcerned _ -> Optional.empty();
        };
    }

    private static String reason(NameOutcome outcome, Optional<DesiredLease> desired) {
        return switch (outcome) {
            case NameOutcome.Refused refused -> refused.reason();
            case NameOutcome.Expired _ -> "its time to live ended";
            case NameOutcome.Unconcerned _ -> NOTHING.reason();
            case NameOutcome.Kept kept -> first(kept.waits()).orElseGet(() -> open(desired));
            case NameOutcome.Postponed postponed -> first(postponed.waits()).orElseGet(() -> open(desired));
            case NameOutcome.Retained retained -> retained.waiting().reason();
            case NameOutcome.Issued _ -> "";
        };
    }

    private static Optional<String> first(List<LeaseAction.Wait> waits) {
        return waits.stream().map(LeaseAction.Wait::reason).findFirst();
    }

    private static String open(Optional<DesiredLease> desired) {
        return desired.map(one -> one instanceof DesiredLease.Undecided undecided ? undecided.reason() : "")
                .orElse("");
    }
}
