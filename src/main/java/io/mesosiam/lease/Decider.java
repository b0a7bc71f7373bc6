package io.mesosiam.lease;

import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.Subject;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Evaluates the policies and launch grants in force. It is called again for every plan. */
@FunctionalInterface
public interface Decider {
    /**
     * Returns one decision for each credential name that a policy mentions for this subject. Pure for one set of
     * policies.
     */
    Map<CredentialName, Decision> decide(Subject subject);

    /** The launch grants that are bound to another launch although this one claims them too. */
    default Set<PolicyId> contested(Subject subject) {
        return Set.of();
    }

    /**
     * Why a launch grant gives no launch anything any more, in a few words; empty if it may still give something, and for a
     * policy.
     */
    default Optional<String> over(PolicyId grant) {
        return Optional.empty();
    }
}
