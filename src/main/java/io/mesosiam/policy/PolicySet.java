package io.mesosiam.policy;

import io.mesosiam.mesos.Framework;
import io.mesosiam.policy.Rule.Effect;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All policies at one version. Immutable. Decisions are pure and do not depend on the order in which rows were read.
 */
public final class PolicySet {
    /** The decisions of a task have so many verdicts together before those of policies for other names are left out. */
    private static final int MOST_VERDICTS = 20_000;

    private final long version;
    private final CompiledPolicies compiled;
    private final List<UnusableRow> unusable;
    private final Trusts trusts;
    private final boolean acceptSelfAsserted;
    private final NamespaceLimits limits;
    private final Grants grants;

    /**
     * Creates the set from all rows of the tables, in any order, without launch grants.
     *
     * @param acceptSelfAsserted whether anything is given where Mesos doesn't enforce principals
     */
    public PolicySet(
            long version,
            Collection<Policy> policies,
            Collection<UnusableRow> unusable,
            Collection<AttributeTrust> trusts,
            boolean acceptSelfAsserted,
            NamespaceLimits limits) {
        this(
                version,
                CompiledPolicies.NONE.next(policies, unusable, trusts, limits, false),
                unusable,
                trusts,
                acceptSelfAsserted,
                limits);
    }

    private PolicySet(
            long version,
            CompiledPolicies compiled,
            Collection<UnusableRow> unusable,
            Collection<AttributeTrust> trusts,
            boolean acceptSelfAsserted,
            NamespaceLimits limits) {
        this.version = version;
        this.compiled = compiled;
        this.unusable = List.copyOf(unusable);
        this.limits = limits;
        this.trusts = new Trusts(trusts);
        this.acceptSelfAsserted = acceptSelfAsserted;
        this.grants = Grants.NONE;
    }

    private PolicySet(PolicySet same, Grants grants) {
        this.version = same.version;
        this.compiled = same.compiled;
        this.unusable = same.unusable;
        this.limits = same.limits;
        this.trusts = same.trusts;
        this.acceptSelfAsserted = same.acceptSelfAsserted;
        this.grants = grants;
    }

    /** Creates a set whose namespaces bound nothing. */
    public PolicySet(
            long version,
            Collection<Policy> policies,
            Collection<UnusableRow> unusable,
            Collection<AttributeTrust> trusts,
            boolean acceptSelfAsserted) {
        this(version, policies, unusable, trusts, acceptSelfAsserted, NamespaceLimits.NONE);
    }

    /** Returns a set of these policies without attribute trust, for tests of later stages. */
    public static PolicySet of(long version, Collection<Policy> policies) {
        return new PolicySet(version, policies, List.of(), List.of(), false);
    }

    /**
     * The set of other rows without launch grants, equal to a new set. What this one has made of the same rows is used again.
     */
    public PolicySet next(
            long other,
            Collection<Policy> policies,
            Collection<UnusableRow> rows,
            Collection<AttributeTrust> stated,
            NamespaceLimits bounds) {
        return new PolicySet(
                other,
                compiled.next(policies, rows, stated, bounds, isBoundedBy(bounds, stated)),
                rows,
                stated,
                acceptSelfAsserted,
                bounds);
    }

    /** Whether these limits, and this trust in attributes, make the same of a policy as those of this set. */
    public boolean isBoundedBy(NamespaceLimits bounds, Collection<AttributeTrust> stated) {
        return bounds.equals(limits) && Set.copyOf(stated).equals(trusts.stated());
    }

    /** The set that these changes make of this one. It keeps the version. */
    public PolicySet with(Collection<? extends PolicyChange> changes) {
        return PolicyChange.applied(this, changes);
    }

    /** This set with other launch grants. Nothing is compiled again. */
    public PolicySet withGrants(Grants other) {
        return new PolicySet(this, other);
    }

    public Grants grants() {
        return grants;
    }

    /** The value of {@code policy_version} when the rows were read. */
    public long version() {
        return version;
    }

    /** All policies, including disabled ones, by priority, then by name. */
    public List<Policy> policies() {
        return compiled.policies();
    }

    /** The usable policy with this id. */
    public Optional<Policy> policy(PolicyId id) {
        return compiled.policy(id);
    }

    /** Rows that SQL accepted but that can't be used. Those that are or may be denies still take part in decisions. */
    public List<RejectedRow> rejected() {
        return unusable.stream().map(UnusableRow::row).toList();
    }

    /** Those policies and grants alone, without rows that can't be used. It is a view: nothing is compiled or copied. */
    public Selection only(Predicate<Policy> which) {
        return new Selection(which);
    }

    /** Whether a policy or a launch grant matches the task, or can't be evaluated for it. */
    public boolean concerns(Subject subject) {
        return concerns(subject, with(compiled.candidates(subject), subject));
    }

    private boolean concerns(Subject subject, List<CompiledPolicy> considered) {
        return considered.stream().anyMatch(policy -> !(policy.evaluate(subject, trusts) instanceof Evaluation.Misses));
    }

    /** The stated trust in attributes. */
    public Set<AttributeTrust> trusted() {
        return trusts.stated();
    }

    /** Every selector that takes part in decisions. */
    public List<Selector> selectors() {
        return compiled.all().stream()
                .flatMap(policy -> policy.policy().selectors().stream())
                .toList();
    }

    /** Whether the bounds of a namespace compare the tasks' Mesos roles. */
    public boolean boundsMesosRoles() {
        return compiled.all().stream().anyMatch(CompiledPolicy::boundsMesosRoles);
    }

    /** The rows of {@link #rejected} with their readable parts. */
    public List<UnusableRow> unusable() {
        return unusable;
    }

    /** Whether anything is given where Mesos doesn't enforce principals. */
    public boolean acceptsSelfAsserted() {
        return acceptSelfAsserted;
    }

    /**
     * Why each enabled policy is out of the bounds of its namespaces, by its id, for operators; begins with the column. Such
     * an allow gives nothing. Such a deny denies the tasks within the bounds.
     */
    public Map<PolicyId, String> outOfBounds() {
        return compiled.outOfBounds();
    }

    public NamespaceLimits limits() {
        return limits;
    }

    /**
     * Evaluates all policies for one task, for an explanation. The cost depends on the number of policies.
     *
     * @return the decision for each credential name that a policy gives or denies the task, or might; without such a
     *     name, the reason is under {@link CredentialName#DEFAULT}. Every other name has no match. Each has a verdict on each
     *     policy; if names × policies are more than 20,000, on those that concern the name
     */
    public Map<CredentialName, Decision> decide(Subject subject) {
        return decide(subject, with(compiled.all(), subject), compiled::names);
    }

    /** The decisions of {@link #decide} without verdicts of policies that an index excludes. The cost depends on the others. */
    public Map<CredentialName, Decision> outcomes(Subject subject) {
        return decide(subject, with(compiled.candidates(subject), subject), compiled::names);
    }

    /** The launch grants that are bound to another launch although this one claims them too, by the same label. */
    public Set<PolicyId> contested(Subject subject) {
        return granted(subject).stream()
                .filter(grant -> grant.contests(grant.evaluate(subject, trusts)))
                .map(CompiledPolicy::policy)
                .filter(grant -> grant.rule() instanceof Rule.Allow allow
                        && withheld(allow.entitlement(), subject).isEmpty())
                .map(Policy::id)
                .collect(Collectors.toUnmodifiableSet());
    }

    private List<CompiledPolicy> granted(Subject subject) {
        return CompiledPolicy.of(grants.of(subject), grant -> limits.place(grant, trusts.stated()));
    }

    private List<CompiledPolicy> with(List<CompiledPolicy> considered, Subject subject) {
        List<CompiledPolicy> given = granted(subject);
        return given.isEmpty()
                ? considered
                : Stream.of(given, considered).flatMap(List::stream).toList();
    }

    /**
     * @param considered the policies of which none that matches or can't be evaluated is missing
     * @param names the credential names of all policies
     */
    private Map<CredentialName, Decision> decide(
            Subject subject, List<CompiledPolicy> considered, Supplier<Set<CredentialName>> names) {
        if (subject.framework().isEmpty()) {
            return withoutFramework(subject, considered, names.get());
        }
        if (subject.framework().filter(Framework::disputed).isPresent()) {
            return Map.of(
                    CredentialName.DEFAULT,
                    new Decision.NoMatch(
                            "Mesos reports two principals for the task's framework, so nothing is given", List.of()));
        }
        List<Evaluation> evaluations = considered.stream()
                .map(policy -> policy.evaluate(subject, trusts))
                .toList();
        EvaluationsByName hits = new EvaluationsByName(evaluations.stream()
                .filter(evaluation -> !(evaluation instanceof Evaluation.Misses))
                .toList());
        Function<CredentialName, List<Evaluation>> listed =
                listed(evaluations, hits.names().size());
        Map<CredentialName, Decision> decisions = new LinkedHashMap<>();
        for (CredentialName name : hits.names()) {
            decisions.put(
                    name,
                    new CombiningAlgorithm(
                                    name,
                                    hits.of(name),
                                    listed.apply(name),
                                    gift -> withheld(gift, subject),
                                    subject.enforcement().known())
                            .decision());
        }
        return decisions;
    }

    /** The evaluations that have a verdict in the decision for a name: all, or those that concern the name if all are too many. */
    private static Function<CredentialName, List<Evaluation>> listed(List<Evaluation> evaluations, int names) {
        return names == 1 || (long) names * evaluations.size() <= MOST_VERDICTS
                ? _ -> evaluations
                : new EvaluationsByName(evaluations)::of;
    }

    private Optional<String> withheld(Entitlement gift, Subject subject) {
        if (!acceptSelfAsserted && !subject.enforcement().principals()) {
            return Optional.of("Mesos does not enforce principals, and self-asserted values are not accepted");
        }
        if (gift.sensitive() && !subject.witnessed()) {
            return Optional.of("it is sensitive, and the task's launch was not witnessed");
        }
        return Optional.empty();
    }

    /** A deny that doesn't depend on the framework holds also while the framework isn't visible. Nothing else is decided. */
    private Map<CredentialName, Decision> withoutFramework(
            Subject subject, List<CompiledPolicy> considered, Set<CredentialName> names) {
        List<Evaluation> denies = considered.stream()
                .filter(c -> c.policy().rule().effect() == Effect.DENY)
                .map(c -> c.evaluate(subject, trusts))
                .toList();
        EvaluationsByName hits = new EvaluationsByName(
                denies.stream().filter(Evaluation.Matches.class::isInstance).toList());
        Set<CredentialName> all = Stream.concat(
                        names.stream(), considered.stream().map(c -> c.policy().credentialName()))
                .collect(Collectors.toUnmodifiableSet());
        Function<CredentialName, List<Evaluation>> listed = listed(denies, all.size());
        return all.stream()
                .collect(Collectors.toUnmodifiableMap(
                        name -> name,
                        name -> hits.of(name).isEmpty()
                                ? new Decision.Pending("the task's framework is not visible yet")
                                : new CombiningAlgorithm(
                                                name, hits.of(name), listed.apply(name), _ -> Optional.empty(), true)
                                        .decision()));
    }

    /** Some of the policies and launch grants of a set. */
    public final class Selection {
        private final Predicate<Policy> which;

        private Selection(Predicate<Policy> which) {
            this.which = which;
        }

        /** Whether one of them matches the task, or can't be evaluated for it. */
        public boolean concerns(Subject subject) {
            return PolicySet.this.concerns(subject, of(compiled.candidates(subject), subject));
        }

        /** As {@link PolicySet#decide}, by these alone. */
        public Map<CredentialName, Decision> decide(Subject subject) {
            return PolicySet.this.decide(subject, of(compiled.all(), subject), this::names);
        }

        /** As {@link PolicySet#outcomes}, by these alone. */
        public Map<CredentialName, Decision> outcomes(Subject subject) {
            return PolicySet.this.decide(subject, of(compiled.candidates(subject), subject), this::names);
        }

        private List<CompiledPolicy> of(List<CompiledPolicy> considered, Subject subject) {
            return Stream.concat(
                            granted(subject).stream().filter(grant -> which.test(grant.policy())),
                            considered.stream().filter(this::has))
                    .toList();
        }

        private boolean has(CompiledPolicy policy) {
            return compiled.policy(policy.policy().id()).filter(which).isPresent();
        }

        private Set<CredentialName> names() {
            return Stream.concat(
                            Stream.of(CredentialName.DEFAULT),
                            compiled.all().stream().filter(this::has).map(policy -> policy.policy()
                                    .credentialName()))
                    .collect(Collectors.toUnmodifiableSet());
        }
    }
}
