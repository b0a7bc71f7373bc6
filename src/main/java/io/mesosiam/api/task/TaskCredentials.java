package io.mesosiam.api.task;

import io.mesosiam.api.sight.Sight;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Outlook.Waiting;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.reconcile.LaunchStanding;
import io.mesosiam.ownership.HostOwners.Owner;
import io.mesosiam.policy.CredentialName;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The credentials of one running task. Pure.
 *
 * @param summary {@code all}: each credential name is served. {@code some}, {@code none}. {@code unknown}: another controller
 *     has the host, and the database shows no lease
 * @param reasonCode why not all; null if all are served
 * @param reason the same in a sentence
 */
public record TaskCredentials(
        List<TaskCredentialView> names,
        String summary,
        @Nullable String reasonCode,
        @Nullable String reason) {
    /** The code with which the agent of an evicted host refuses its containers. */
    private static final String HOST_EVICTED = "HostEvicted";

    /** Whether the task is known to have no credentials. */
    public boolean hasNone() {
        return summary.equals("none");
    }

    /**
     * What a task has.
     *
     * @param standing with the leases of the database if another controller has the host
     * @param owner the controller that claimed the host last; empty if none has, or the database did not say
     * @param started whether the task's container is known
     * @param shown which credential names the caller may know
     */
    public static TaskCredentials of(
            LaunchStanding standing,
            Optional<Owner> owner,
            boolean started,
            Predicate<CredentialName> shown,
            Sight sight) {
        boolean evicted = owner.filter(Owner::evicted).isPresent();
        Optional<String> elsewhere = evicted || standing.connected()
                ? Optional.empty()
                : owner.filter(Owner::isConnected).flatMap(Owner::controllerId);
        List<TaskCredentialView> names = Stream.of(standing.leases(), standing.waiting(), standing.refusals())
                .flatMap(known -> known.keySet().stream())
                .distinct()
                .filter(shown)
                .sorted(Comparator.comparing(CredentialName::value))
                .map(name -> view(name, standing, sight))
                .toList();
        if (elsewhere.isPresent() && names.isEmpty()) {
            return new TaskCredentials(
                    List.of(),
                    "unknown",
                    "other-controller",
                    "the database shows no lease; controller " + elsewhere.get()
                            + ", which has the host, knows what the task waits for: ask that one");
        }
        Optional<TaskCredentialView> missing =
                names.stream().filter(name -> !name.isServed()).findFirst();
        if (evicted) {
            return new TaskCredentials(
                    names,
                    "none",
                    HOST_EVICTED,
                    "operators have evicted the host: its agent serves nothing until it is admitted again");
        }
        if (names.isEmpty()) {
            return nothing(standing, started);
        }
        if (missing.isEmpty()) {
            return new TaskCredentials(names, "all", null, null);
        }
        return new TaskCredentials(
                names,
                names.stream().anyMatch(TaskCredentialView::isServed) ? "some" : "none",
                missing.get().reasonCode(),
                missing.get().reason());
    }

    private static TaskCredentials nothing(LaunchStanding standing, boolean started) {
        if (!standing.connected()) {
            return none(WaitReason.NO_AGENT.text(), "no agent on the host is connected to a controller");
        }
        return started
                ? none(RefusalCode.NO_POLICY.text(), "no policy gives the task credentials")
                : none("not-started", "the master has not named the task's container yet");
    }

    private static TaskCredentials none(String code, String reason) {
        return new TaskCredentials(List.of(), "none", code, reason);
    }

    private static TaskCredentialView view(CredentialName name, LaunchStanding standing, Sight sight) {
        Optional<Lease> lease = Optional.ofNullable(standing.leases().get(name));
        Optional<Lease> seen = lease.filter(sight::sees);
        Optional<Waiting> waiting = Optional.ofNullable(standing.waiting().get(name));
        Optional<Refusal> refusal = Optional.ofNullable(standing.refusals().get(name));
        Optional<LeaseState> state = lease.map(Lease::state);
        return new TaskCredentialView(
                name.value(),
                state.map(LeaseState::text).orElseGet(() -> withoutLease(waiting, refusal)),
                seen.map(known -> known.id().toString()).orElse(null),
                seen.map(known -> known.role().arn()).orElse(null),
                seen.flatMap(known -> known.policy().policyRow())
                        .map(Object::toString)
                        .orElse(null),
                seen.flatMap(known -> known.policy().grantRow())
                        .map(Object::toString)
                        .orElse(null),
                state.flatMap(LeaseState::servedUntil).orElse(null),
                waiting.map(known -> known.why().text())
                        .or(() -> refusal.map(known -> known.code().text()))
                        .or(() -> state.flatMap(TaskCredentials::code))
                        .orElse(null),
                waiting.map(known -> known.why().quotesAws()
                                ? sight.aboutSession(known.reason(), seen.isPresent())
                                : sight.sentence(known.reason()))
                        .or(() -> refusal.map(known -> sight.sentence(known.message())))
                        .or(() -> state.flatMap(TaskCredentials::reason)
                                .map(why -> sight.aboutSession(why, seen.isPresent())))
                        .orElse(null),
                waiting.flatMap(Waiting::until).orElse(null));
    }

    private static String withoutLease(Optional<Waiting> waiting, Optional<Refusal> refusal) {
        boolean shared = waiting.filter(known -> known.why() == WaitReason.SERVED_BY_OTHER_TASK)
                .isPresent();
        if (shared) {
            return "shared";
        }
        return refusal.isPresent() ? "refused" : "waiting";
    }

    /** The reason of a lease whose name waits for nothing that is recorded. */
    private static Optional<String> code(LeaseState state) {
        return switch (state) {
            case LeaseState.Failed _ -> Optional.of(WaitReason.NO_SESSION.text());
            case LeaseState.Pending _ -> Optional.of(state.text());
            case LeaseState.Active _, LeaseState.Renewing _, LeaseState.Reaped _ -> Optional.empty();
        };
    }

    private static Optional<String> reason(LeaseState state) {
        return switch (state) {
            case LeaseState.Failed failed -> Optional.of(failed.reason());
            case LeaseState.Pending pending -> Optional.of(pending.reason());
            case LeaseState.Active _, LeaseState.Renewing _, LeaseState.Reaped _ -> Optional.empty();
        };
    }
}
