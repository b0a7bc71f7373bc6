package io.mesosiam.policy;

import io.mesosiam.fakes.TimeLimit;
import java.time.Duration;

/** A table that is read that often, and self-asserted attributes that count for nothing. */
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
