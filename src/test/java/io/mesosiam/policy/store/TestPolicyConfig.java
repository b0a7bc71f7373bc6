package io.mesosiam.policy.store;

import io.mesosiam.fakes.TimeLimit;
import java.time.Duration;

/** A configuration with the given poll interval that accepts no self-asserted values. */
record TestPolicyConfig(Duration pollInterval) implements PolicyConfig {
    @Override
    public Duration queryTimeout() {
        return TimeLimit.seconds(20);
    }

    @Override
    public boolean acceptSelfAsserted() {
        return false;
    }
}
