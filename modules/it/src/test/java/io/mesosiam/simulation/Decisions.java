package io.mesosiam.simulation;

import io.mesosiam.lease.Decider;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Grants;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Subject;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The policies and launch grants that one controller decides by, as {@code PolicyTable} has them. */
final class Decisions implements Decider {
    private PolicySet set;
    private Grants grants = Grants.NONE;

    Decisions(PolicySet first) {
        set = first;
    }

    PolicySet set() {
        return set;
    }

    void use(PolicySet newest) {
        set = newest.withGrants(grants);
    }

    void use(Grants newest) {
        grants = newest;
        set = set.withGrants(newest);
    }

    @Override
    public Map<CredentialName, Decision> decide(Subject subject) {
        return set.outcomes(subject);
    }

    @Override
    public Set<PolicyId> contested(Subject subject) {
        return set.contested(subject);
    }

    @Override
    public Optional<String> over(PolicyId grant) {
        return grants.over(grant);
    }
}
