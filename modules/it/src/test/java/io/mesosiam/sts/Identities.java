package io.mesosiam.sts;

import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import java.time.Duration;

/** The identities of sessions, for tests outside of this package. */
public final class Identities {
    private static final IdentityRule RULE = new IdentityRule(Duration.ofHours(1));

    private Identities() {}

    public static SessionIdentity of(Entitlement entitlement, CredentialName name, LaunchedTask task) {
        return RULE.identity(entitlement, name, task);
    }
}
