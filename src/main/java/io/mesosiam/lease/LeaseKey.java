package io.mesosiam.lease;

import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.CredentialName;

/** A launch and a credential name. At most one live lease exists for each key. */
public record LeaseKey(Launch launch, CredentialName name) {
    @Override
    public String toString() {
        return launch + ":" + name;
    }
}
