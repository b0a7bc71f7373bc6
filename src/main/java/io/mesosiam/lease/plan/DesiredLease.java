package io.mesosiam.lease.plan;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.PolicyId;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The desired state for one launch and credential name: a decision in a form that can be compared with a lease. */
public sealed interface DesiredLease {
    String NOT_SHOWN = "the cluster state doesn't show the task";

    /**
     * A lease with sessions of this identity.
     *
     * @param hash the identity's hash, which is compared often
     */
    record Give(Entitlement entitlement, SessionIdentity identity, PolicyId policy, boolean selfAsserted, String hash)
            implements DesiredLease {
        public Give(Entitlement entitlement, SessionIdentity identity, PolicyId policy, boolean selfAsserted) {
            this(entitlement, identity, policy, selfAsserted, identity.hash());
        }

        /** Whether the withdrawal covers what is given to a lease of this key. */
        public boolean isWithdrawn(LeaseKey key, Withdrawal withdrawal) {
            return withdrawal.covers(key, policy, entitlement.role());
        }
    }

    /** No lease; the container may receive the reason. */
    record Refuse(RefusalCode code, String message) implements DesiredLease {}

    /**
     * What policies and launch grants give, or may give once they can be decided. No other launch is held a session of a grant in
     * this launch's container.
     */
    default List<Give> possible() {
        return switch (this) {
            case Give give -> List.of(give);
            case Conflicting conflict -> conflict.standing();
            case Undecided undecided -> undecided.standing();
            case Refuse _, Impossible _, Withdrawn _ -> List.of();
        };
    }

    /** Not decidable yet. Nothing new is issued. */
    sealed interface Undecided extends DesiredLease {
        String reason();

        /** What the policies give that match or may match. */
        List<Give> standing();

        /** Whether a session of this identity is certainly not given. */
        boolean excludes(String identityHash);

        /** Returns what a policy gives with the lease's identity, if any. */
        default Optional<Give> giving(Lease lease) {
            return DesiredLease.giving(standing(), lease);
        }
    }

    /**
     * Any result is still possible; an existing lease is kept. A lease from an earlier run of a controller is renewed
     * if one of {@code standing} gives it.
     */
    record Unready(String reason, List<Give> standing) implements Undecided {
        public Unready {
            standing = List.copyOf(standing);
        }

        public Unready(String reason) {
            this(reason, List.of());
        }

        @Override
        public boolean excludes(String identityHash) {
            return false;
        }
    }

    /**
     * A launch grant must be bound to the launch first; an existing lease with one of {@code standing} is kept.
     *
     * @param grant the grant to bind
     * @param standing what the grant gives, and what policies give if another launch gets it
     * @param exhaustive whether only one of {@code standing} can be the result, so that another lease ends
     */
    record Unbound(PolicyId grant, String reason, List<Give> standing, boolean exhaustive) implements Undecided {
        public Unbound {
            standing = List.copyOf(standing);
        }

        @Override
        public boolean excludes(String identityHash) {
            return exhaustive && !DesiredLease.gives(standing, identityHash);
        }
    }

    /** Only one of {@code standing} can be the result. An existing lease with one of these is kept, another one ends. */
    record Narrowed(String reason, List<Give> standing) implements Undecided {
        public Narrowed {
            standing = List.copyOf(standing);
        }

        @Override
        public boolean excludes(String identityHash) {
            return !DesiredLease.gives(standing, identityHash);
        }
    }

    /** An active withdrawal overrides the policies. */
    record Withdrawn(Withdrawal by) implements DesiredLease {}

    /** Policy gives a role, but STS would not accept the resulting session. The reason is for operators. */
    record Impossible(PolicyId policy, String reason) implements DesiredLease {}

    /**
     * Policies conflict: no new lease is issued. An existing lease is kept while one of the policies gives the same
     * session.
     *
     * @param standing what each matching policy would give by itself
     */
    record Conflicting(String message, List<Give> standing) implements DesiredLease {
        public Conflicting {
            standing = List.copyOf(standing);
        }

        /** Whether a policy gives a session of this identity. */
        boolean gives(String identityHash) {
            return DesiredLease.gives(standing, identityHash);
        }

        /** Returns what a policy gives with the lease's identity, if any. */
        Optional<Give> giving(Lease lease) {
            return DesiredLease.giving(standing, lease);
        }
    }

    private static boolean gives(List<Give> standing, String identityHash) {
        return standing.stream().anyMatch(give -> give.hash().equals(identityHash));
    }

    /** Policies that give the same session can differ in the time to live: the lease's own policy counts, then the shortest. */
    private static Optional<Give> giving(List<Give> standing, Lease lease) {
        return standing.stream()
                .filter(give -> give.hash().equals(lease.identityHash()))
                .min(Comparator.<Give, Boolean>comparing(give -> !give.policy().equals(lease.policy()))
                        .thenComparing(give -> give.entitlement().leaseTtl().orElse(ChronoUnit.FOREVER.getDuration()))
                        .thenComparing(give -> give.policy().value()));
    }

    /**
     * Returns what is desired for a name whose lease a launch grant gave that is over: while it isn't decided what the task
     * is given otherwise, only a policy that gives the same keeps the lease. Another grant gives nothing before it is bound.
     *
     * @param decided empty if the cluster state doesn't show the task, or no policy mentions the name
     * @param shown whether the cluster state shows the task
     */
    static Optional<DesiredLease> afterGrant(Optional<DesiredLease> decided, boolean shown) {
        return switch (decided.orElse(null)) {
            case null -> shown ? Optional.empty() : Optional.of(new Narrowed(NOT_SHOWN, List.of()));
            case Unready unready -> Optional.of(new Narrowed(unready.reason(), ofPolicies(unready.standing())));
            case Narrowed narrowed -> Optional.of(new Narrowed(narrowed.reason(), ofPolicies(narrowed.standing())));
            case Conflicting conflict ->
                Optional.of(new Conflicting(conflict.message(), ofPolicies(conflict.standing())));
            case DesiredLease other -> Optional.of(other);
        };
    }

    private static List<Give> ofPolicies(List<Give> standing) {
        return standing.stream().filter(give -> !give.policy().grant()).toList();
    }

    /** Converts the decisions of a task, as {@link #of(Decision, CredentialName, LaunchedTask, boolean, SessionSource)}. */
    static Map<CredentialName, DesiredLease> of(
            Map<CredentialName, Decision> decisions, LaunchedTask task, boolean flagsKnown, SessionSource source) {
        Map<CredentialName, DesiredLease> desired = new HashMap<>();
        decisions.forEach((name, decision) -> desired.put(name, of(decision, name, task, flagsKnown, source)));
        return desired;
    }

    /**
     * Converts a decision.
     *
     * @param flagsKnown whether a leader has reported its enforcement flags; until then, a withheld entitlement may
     *     still be given
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
            when !flagsKnown && none.withheld() -> new Unready("the leading master's flags are not known yet");
            case Decision.NoMatch none -> new Refuse(RefusalCode.NO_POLICY, none.summary());
            case Decision.Pending pending ->
                new Unready(pending.summary(), gives(pending.standing(), name, task, source));
            case Decision.Unbound unbound -> unbound(unbound, gives(unbound.standing(), name, task, source));
            case Decision.Narrowed narrowed -> narrowed(narrowed, gives(narrowed.standing(), name, task, source));
        };
    }

    /** A session that can't be made yet may be the result too. */
    private static DesiredLease narrowed(Decision.Narrowed decision, List<Give> standing) {
        return standing.size() == decision.standing().size()
                ? new Narrowed(decision.summary(), standing)
                : new Unready(decision.summary(), standing);
    }

    private static DesiredLease unbound(Decision.Unbound decision, List<Give> standing) {
        boolean whole = standing.size() == decision.standing().size();
        return new Unbound(decision.grant(), decision.summary(), standing, decision.exhaustive() && whole);
    }

    /** Returns the entitlements for which AWS can issue a session for this task. */
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
            return new Unready("the session contains the container id, which no status has reported yet");
        }
        try {
            return new Give(gift, source.identity(gift, name, task), policy, selfAsserted);
        } catch (IllegalArgumentException e) {
            return new Impossible(policy, (policy.grant() ? "grant " : "policy ") + policy + ": " + e.getMessage());
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
     * Whether another launch in the same container may be served the session that this one is given.
     *
     * @return empty if undecidable: the other launch may still be given the same session, or its policies conflict and one of
     *     them gives the same session
     */
    static Optional<Boolean> agree(Give give, DesiredLease other) {
        return agree(give.hash(), other);
    }

    /** The same for an identity of which only the hash is known. */
    static Optional<Boolean> agree(String hash, DesiredLease other) {
        return switch (other) {
            case Give same -> Optional.of(hash.equals(same.hash()));
            case Conflicting conflict -> conflict.gives(hash) ? Optional.empty() : Optional.of(false);
            case Undecided undecided -> undecided.excludes(hash) ? Optional.of(false) : Optional.empty();
            case Refuse _, Impossible _, Withdrawn _ -> Optional.of(false);
        };
    }
}
