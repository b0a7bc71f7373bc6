package io.mesosiam.lease;

import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Subject;
import java.util.Map;

/** What the policies in force say; asked anew for every plan. */
@FunctionalInterface
public interface Decider {
    /** One decision for each credential name that a policy mentions for this subject. Pure for one set of policies. */
    Map<CredentialName, Decision> decide(Subject subject);
}
