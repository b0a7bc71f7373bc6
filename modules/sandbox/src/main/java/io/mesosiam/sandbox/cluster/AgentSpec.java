package io.mesosiam.sandbox.cluster;

import java.util.Map;

/**
 * A Mesos agent as it registers.
 *
 * @param address the IP address in its {@code pid}
 * @param attributes text attributes
 */
public record AgentSpec(String hostname, String address, int port, Map<String, String> attributes) {
    public AgentSpec {
        attributes = Map.copyOf(attributes);
    }

    /** The address as a master shows it. */
    public String pid() {
        return "slave(1)@" + address + ":" + port;
    }
}
