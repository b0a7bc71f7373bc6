package io.mesosiam.sandbox.cluster;

import java.time.Instant;
import java.util.Optional;

/** The record of a Mesos agent on the master. */
public record RegisteredAgent(
        String id,
        AgentSpec spec,
        Instant registered,
        Optional<Instant> reregistered,
        boolean active,
        boolean deactivated) {
    RegisteredAgent back(Instant now, boolean newMaster) {
        return new RegisteredAgent(id, spec, newMaster ? now : registered, Optional.of(now), !deactivated, deactivated);
    }

    RegisteredAgent deactivated(boolean off) {
        return new RegisteredAgent(id, spec, registered, reregistered, !off, off);
    }
}
