package io.mesosiam.controller;

import io.mesosiam.lease.Decider;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.store.PolicyTable;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Decides by the policies and launch grants that were read last. */
record DecidedByTables(PolicyTable policies) implements Decider {
    @Override
    public Map<CredentialName, Decision> decide(Subject subject) {
        return policies.current().outcomes(subject);
    }

    @Override
    public Set<PolicyId> contested(Subject subject) {
        return policies.current().contested(subject);
    }

    @Override
    public Optional<String> over(PolicyId grant) {
        return policies.current().grants().over(grant);
    }
}
