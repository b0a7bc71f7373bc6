package io.mesosiam.mesos;

import java.util.Map;

/**
 * A Mesos agent that is registered with the leader; or was, and has tasks that aren't known to have ended: it is not
 * {@code active} then, and what is said of it is the last that was known.
 *
 * @param hostname its advertised host name
 * @param address the IP address literal that its daemon answers on, from {@code pid}
 * @param attributes its attributes as {@code /state} writes them, by name; a value that can't be read, or that is one of
 *     several of its name, has U+FFFD in it
 * @param deactivated whether an operator deactivated or drains it
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

    /** The last that is known of it, once it is registered no more. */
    public MesosAgent left() {
        return new MesosAgent(id, hostname, address, attributes, false, deactivated);
    }
}
