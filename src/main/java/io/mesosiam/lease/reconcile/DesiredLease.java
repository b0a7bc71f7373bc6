package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.RefusalCode;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What should be, for one launch and credential name: a decision, brought to the point where a lease can be compared. */
sealed interface DesiredLease {
    /** A lease on sessions of this identity. */
    record Give(Entitlement entitlement, SessionIdentity identity, PolicyId policy, boolean selfAsserted)
            implements DesiredLease {
        String hash() {
            return identity.hash();
        }
    }

    /** No lease, and the container may know why. */
    record Refuse(RefusalCode code, String message) implements DesiredLease {}

    /**
     * It can't be decided yet; what is there stays. A lease that an earlier controller left renews if it is of one of these.
     *
     * @param standing what the policies that match, or may match, give
     * @param decided whether nothing but {@code standing} can be the outcome
     */
    record Unready(String reason, List<Give> standing, boolean decided) implements DesiredLease {
        public Unready {
            standing = List.copyOf(standing);
        }

        public Unready(String reason, List<Give> standing) {
            this(reason, standing, false);
        }

        public Unready(String reason) {
            this(reason, List.of());
        }

        /** What one of the policies gives, if it is this identity. */
        Optional<Give> giving(String identityHash) {
            return DesiredLease.giving(standing, identityHash);
        }

        /** Whether a session of this identity is certainly not given. */
        boolean excludes(String identityHash) {
            return decided && giving(identityHash).isEmpty();
        }
    }

    /** A withdrawal stands above what the policies say. */
    record Withdrawn(Withdrawal by) implements DesiredLease {}

    /** Policy gives it, but what it gives can't be asked of AWS. The reason is for operators. */
    record Impossible(PolicyId policy, String reason) implements DesiredLease {}

    /**
     * Policies conflict: no new lease. One that is held stays while one of these gives the same session.
     *
     * @param standing what each matching policy gives by itself
     */
    record Conflicting(String message, List<Give> standing) implements DesiredLease {
        public Conflicting {
            standing = List.copyOf(standing);
        }

        /** What one of the policies gives, if it is this identity. */
        Optional<Give> giving(String identityHash) {
            return DesiredLease.giving(standing, identityHash);
        }
    }

    private static Optional<Give> giving(List<Give> standing, String identityHash) {
        return standing.stream()
                .filter(give -> give.hash().equals(identityHash))
                .findFirst();
    }

    /**
     * Brings a decision to that point.
     *
     * @param flagsKnown whether a leader has said yet what it enforces; until then, what was withheld may yet be given
     */
    static DesiredLease of(
            Decision decision, CredentialName name, LaunchedTask task, boolean flagsKnown, SessionSource source) {
        return switch (decision) {
            case Decision.Allowed allowed ->
                give(allowed.entitlement(), allowed.policy(), allowed.selfAsserted(), name, task, source);
            case Decision.Denied denied -> new Refuse(RefusalCode.DENIED, denied.summary());
            case Decision.Conflict conflict ->
                new Conflicting(conflict.summary(), gives(conflict.standing(), name, task, source));
            case Decision.NoMatch none
            when !flagsKnown && isWithheld(none) -> new Unready("the leading master's flags are not known yet");
            case Decision.NoMatch none -> new Refuse(RefusalCode.NO_POLICY, none.summary());
            case Decision.Pending pending -> unready(pending, gives(pending.standing(), name, task, source));
        };
    }

    /** A session that can't be made yet may be the outcome too. */
    private static Unready unready(Decision.Pending pending, List<Give> standing) {
        boolean whole = standing.size() == pending.standing().size();
        return new Unready(pending.summary(), standing, pending.decided() && whole);
    }

    private static boolean isWithheld(Decision decision) {
        return decision.verdicts().stream().anyMatch(verdict -> verdict.result() == Verdict.Result.WITHHELD);
    }

    /** Those of them that can be asked of AWS for this task. */
    private static List<Give> gives(
            Map<PolicyId, Entitlement> standing, CredentialName name, LaunchedTask task, SessionSource source) {
        return standing.entrySet().stream()
                .map(gift -> give(gift.getValue(), gift.getKey(), false, name, task, source))
                .<Give>mapMulti((desired, sink) -> {
                    if (desired instanceof Give give) {
                        sink.accept(give);
                    }
                })
                .toList();
    }

    private static DesiredLease give(
            Entitlement gift,
            PolicyId policy,
            boolean selfAsserted,
            CredentialName name,
            LaunchedTask task,
            SessionSource source) {
        if (task.task().container().isEmpty() && namesContainer(gift)) {
            return new Unready("the session names the container, which no status has named yet");
        }
        try {
            return new Give(gift, source.identity(gift, name, task), policy, selfAsserted);
        } catch (IllegalArgumentException e) {
            return new Impossible(policy, "policy " + policy + ": " + e.getMessage());
        }
    }

    private static boolean namesContainer(Entitlement entitlement) {
        return Stream.of(
                        entitlement.sessionName().stream(),
                        entitlement.sourceIdentity().stream(),
                        entitlement.tags().values().stream())
                .flatMap(texts -> texts)
                .anyMatch(text -> text.contains("{container}") || text.contains("{container:safe}"));
    }

    /**
     * Whether a launch in the same container may be served what this one is given.
     *
     * @return empty if it isn't known: the other one may yet be given the same, or its policies conflict and one of them gives the same
     */
    static Optional<Boolean> agree(Give give, DesiredLease other) {
        return agree(give.hash(), other);
    }

    /** The same, where only the identity's hash is known. */
    static Optional<Boolean> agree(String hash, DesiredLease other) {
        return switch (other) {
            case Give same -> Optional.of(hash.equals(same.hash()));
            case Conflicting conflict -> conflict.giving(hash).isPresent() ? Optional.empty() : Optional.of(false);
            case Unready unready -> unready.excludes(hash) ? Optional.of(false) : Optional.empty();
            case Refuse _, Impossible _, Withdrawn _ -> Optional.of(false);
        };
    }
}
