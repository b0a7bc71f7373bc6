package io.mesosiam.simulation;

import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.IamRole;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a row of the policies or of the launch grants gives: sessions of an hour. */
final class Gift {
    private Gift() {}

    static Entitlement of(IamRole role, Entitlement.Sharing sharing, Optional<Instant> ends) {
        return new Entitlement(
                role,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Map.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Duration.ofHours(1),
                Optional.empty(),
                sharing,
                Entitlement.Prefetch.ALWAYS,
                false,
                ends);
    }
}
