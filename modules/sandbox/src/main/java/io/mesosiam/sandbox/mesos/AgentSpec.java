package io.mesosiam.sandbox.mesos;

import java.util.Map;

/**
 * A Mesos agent as it introduces itself.
 *
 * @param address the IP address that stands in its {@code pid}
 * @param attributes text attributes
 */
public record AgentSpec(String hostname, String address, int port, Map<String, String> attributes) {
    public AgentSpec {
        attributes = Map.copyOf(attributes);
    }

    String pid() {
        return "slave(1)@" + address + ":" + port;
    }
}
