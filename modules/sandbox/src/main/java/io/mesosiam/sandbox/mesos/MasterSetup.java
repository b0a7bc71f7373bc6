package io.mesosiam.sandbox.mesos;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;

/**
 * Settings of a master.
 *
 * @param port 0 for any that is free
 * @param hostname the host name in redirects
 * @param heartbeat the interval of heartbeats on streams
 * @param credentials secrets by principal, for Basic authentication on all endpoints; empty to disable authentication
 * @param flags additions to and replacements of the default {@code /flags}
 */
public record MasterSetup(
        int port,
        String hostname,
        Duration heartbeat,
        Map<String, String> credentials,
        Map<String, String> flags,
        InstantSource clock) {
    public MasterSetup {
        credentials = Map.copyOf(credentials);
        flags = Map.copyOf(flags);
    }

    /** A master on any port, without authentication. */
    public static MasterSetup plain() {
        return new MasterSetup(
                0, "127.0.0.1", EventStream.HEARTBEAT_INTERVAL, Map.of(), Map.of(), InstantSource.system());
    }

    /** A master at which frameworks and Mesos agents have to authenticate. */
    public MasterSetup enforcingPrincipals() {
        return withFlag("authenticate_frameworks", "true")
                .withFlag("authenticate_http_frameworks", "true")
                .withFlag("authenticate_agents", "true");
    }

    /** A master at which operators have to authenticate. */
    public MasterSetup authenticating(Map<String, String> byPrincipal) {
        return new MasterSetup(port, hostname, heartbeat, byPrincipal, flags, clock)
                .withFlag("authenticate_http_readonly", "true")
                .withFlag("authenticate_http_readwrite", "true");
    }

    public MasterSetup onPort(int fixed) {
        return new MasterSetup(fixed, hostname, heartbeat, credentials, flags, clock);
    }

    public MasterSetup withHostname(String advertised) {
        return new MasterSetup(port, advertised, heartbeat, credentials, flags, clock);
    }

    public MasterSetup withHeartbeat(Duration interval) {
        return new MasterSetup(port, hostname, interval, credentials, flags, clock);
    }

    public MasterSetup withClock(InstantSource source) {
        return new MasterSetup(port, hostname, heartbeat, credentials, flags, source);
    }

    public MasterSetup withFlag(String name, String value) {
        var more = new TreeMap<>(flags);
        more.put(name, value);
        return new MasterSetup(port, hostname, heartbeat, credentials, more, clock);
    }
}
