package io.mesosiam.sandbox.cluster;

import java.time.Instant;

/**
 * The record of a framework on the master.
 *
 * @param recovered whether only Mesos agents have reported it since the master's start
 */
public record RegisteredFramework(
        String id, FrameworkSpec spec, Instant registered, boolean connected, boolean recovered, Instant unregistered) {
    static RegisteredFramework subscribed(String id, FrameworkSpec spec, Instant now) {
        return new RegisteredFramework(id, spec, now, true, false, Instant.EPOCH);
    }

    /** The record that a new master creates from the report of a Mesos agent. */
    static RegisteredFramework recovered(String id, FrameworkSpec spec) {
        return new RegisteredFramework(id, spec, Instant.EPOCH, false, true, Instant.EPOCH);
    }

    RegisteredFramework disconnected() {
        return new RegisteredFramework(id, spec, registered, false, recovered, unregistered);
    }

    RegisteredFramework removed(Instant now) {
        return new RegisteredFramework(id, spec, registered, false, recovered, now);
    }
}
