package io.mesosiam.sandbox.mesos;

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

    String pid() {
        return "slave(1)@" + address + ":" + port;
    }
}
