package io.mesosiam.lease;

import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.Verdict;
import java.util.Optional;
import java.util.stream.Stream;

/** What should be, for one launch and credential name: a decision, brought to the point where a lease can be compared. */
sealed interface Wish {
    /** A lease on sessions of this identity. */
    record Give(Entitlement entitlement, SessionIdentity identity, PolicyId policy, boolean selfAsserted)
            implements Wish {
        String hash() {
            return identity.hash();
        }
    }

    /** No lease, and the container may know why. */
    record Refuse(RefusalCode code, String message) implements Wish {}

    /** Nobody can tell yet; whatever is there stays. */
    record Unready(String reason) implements Wish {}

    /** Policy gives it, but what it gives can't be asked of AWS. The reason is for operators. */
    record Impossible(PolicyId policy, String reason) implements Wish {}

    /**
     * Brings a decision to that point.
     *
     * @param flagsKnown whether a leader has said yet what it enforces; until then, what was withheld may yet be given
     */
    static Wish of(
            Decision decision, CredentialName name, LaunchedTask task, boolean flagsKnown, SessionSource source) {
        return switch (decision) {
            case Decision.Allowed allowed -> give(allowed, name, task, source);
            case Decision.Denied denied -> new Refuse(RefusalCode.DENIED, denied.summary());
            case Decision.Conflict conflict -> new Refuse(RefusalCode.CONFLICT, conflict.summary());
            case Decision.NoMatch none
            when !flagsKnown && isWithheld(none) -> new Unready("the leading master's flags are not known yet");
            case Decision.NoMatch none -> new Refuse(RefusalCode.NO_POLICY, none.summary());
            case Decision.Pending pending -> new Unready(pending.summary());
        };
    }

    private static boolean isWithheld(Decision decision) {
        return decision.verdicts().stream().anyMatch(verdict -> verdict.result() == Verdict.Result.WITHHELD);
    }

    private static Wish give(Decision.Allowed allowed, CredentialName name, LaunchedTask task, SessionSource source) {
        if (task.task().container().isEmpty() && namesContainer(allowed.entitlement())) {
            return new Unready("the session names the container, which no status has named yet");
        }
        try {
            SessionIdentity identity = source.identity(allowed.entitlement(), name, task);
            return new Give(allowed.entitlement(), identity, allowed.policy(), allowed.selfAsserted());
        } catch (IllegalArgumentException e) {
            return new Impossible(allowed.policy(), "policy " + allowed.policy() + ": " + e.getMessage());
        }
    }

    private static boolean namesContainer(Entitlement entitlement) {
        return Stream.of(
                        entitlement.sessionName().stream(),
                        entitlement.sourceIdentity().stream(),
                        entitlement.tags().values().stream())
                .flatMap(texts -> texts)
                .anyMatch(text -> text.contains("{container}"));
    }

    /** Whether two launches in one container may be served the same: an unready one can't be compared. */
    static Optional<Boolean> agree(Wish one, Wish other) {
        if (one instanceof Unready || other instanceof Unready) {
            return Optional.empty();
        }
        if (one instanceof Give give && other instanceof Give same) {
            return Optional.of(give.hash().equals(same.hash()));
        }
        return Optional.of(one.getClass().equals(other.getClass()));
    }
}
