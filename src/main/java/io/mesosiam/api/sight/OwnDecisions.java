package io.mesosiam.api.sight;

import io.mesosiam.lease.Lease;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.Verdict;
import io.mesosiam.policy.Verdict.Result;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The decisions about a task that concern a caller: of the credential names that its policies or leases have a part in. */
public final class OwnDecisions {
    private OwnDecisions() {}

    /**
     * Decides by all policies.
     *
     * @param leased the names of the task's leases that the caller sees
     * @return if no policy of the caller has a part in any name, what its policies alone say: why none of them matches
     */
    public static Map<CredentialName, Decision> of(
            PolicySet set, Subject subject, Sight sight, Collection<CredentialName> leased) {
        Map<CredentialName, Decision> all = set.decide(subject);
        if (sight.everything()) {
            return all;
        }
        Map<CredentialName, Decision> own = new LinkedHashMap<>();
        all.forEach((name, decision) -> {
            if (leased.contains(name)
                    || decision.verdicts().stream()
                            .anyMatch(verdict -> sight.sees(verdict.policy()) && hasPart(verdict))) {
                own.put(name, decision);
            }
        });
        return own.isEmpty() ? sight.policies().decide(subject) : own;
    }

    /** The credential names of a task that leases or policies of a caller have a part in. */
    public static Set<CredentialName> names(Sight sight, Subject subject, Collection<Lease> leases) {
        Set<CredentialName> names = new HashSet<>();
        leases.stream().filter(sight::sees).map(Lease::name).forEach(names::add);
        sight.policies().outcomes(subject).forEach((name, decision) -> {
            if (decision.verdicts().stream().anyMatch(OwnDecisions::hasPart)) {
                names.add(name);
            }
        });
        return names;
    }

    /** Whether the policy matches the task, or may match it. */
    public static boolean hasPart(Verdict verdict) {
        return verdict.result() != Result.NO_MATCH && verdict.result() != Result.DISABLED;
    }
}
