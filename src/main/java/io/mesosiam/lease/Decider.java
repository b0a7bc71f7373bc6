package io.mesosiam.lease;

import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Subject;
import java.util.Map;

/** Evaluates the policies in force. It is called again for every plan. */
@FunctionalInterface
public interface Decider {
    /**
     * Returns one decision for each credential name that a policy mentions for this subject. Pure for one set of
     * policies.
     */
    Map<CredentialName, Decision> decide(Subject subject);
}
