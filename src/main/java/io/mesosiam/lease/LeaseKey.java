package io.mesosiam.lease;

import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.CredentialName;

/** What there is one live lease of at most: a launch and a credential name. */
public record LeaseKey(Launch launch, CredentialName name) {
    @Override
    public String toString() {
        return launch + ":" + name;
    }
}
