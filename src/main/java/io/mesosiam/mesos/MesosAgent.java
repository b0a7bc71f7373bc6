package io.mesosiam.mesos;

import java.util.Map;

/**
 * A Mesos agent that is registered with the leader, or that was registered and has tasks that aren't known to have
 * ended. In the second case {@code active} is false and the other values are the latest known.
 *
 * @param hostname its advertised host name
 * @param address IP address literal of its daemon, from {@code pid}
 * @param attributes its attributes by name, as {@code /state} writes them; a value that can't be read, or that is one
 *     of several with its name, contains U+FFFD
 * @param deactivated whether an operator has deactivated or is draining it
 */
public record MesosAgent(
        MesosAgentId id,
        String hostname,
        String address,
        Map<String, String> attributes,
        boolean active,
        boolean deactivated) {
    public MesosAgent {
        attributes = Map.copyOf(attributes);
    }

    /** Returns this Mesos agent as no longer registered. */
    public MesosAgent left() {
        return new MesosAgent(id, hostname, address, attributes, false, deactivated);
    }
}
