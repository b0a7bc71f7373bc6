package io.mesosiam.agent.attest;

import java.net.InetSocketAddress;

/**
 * The group in which a connection is counted for connection limits: those of one container, if that can be found within
 * microseconds. It only limits; credentials depend on an {@link Attestation} alone.
 *
 * @param name equal for connections that are counted together
 * @param exact whether the kernel identified the source. Otherwise it is only the address, and a later lookup may be
 *     exact
 * @param rated whether it may open only so many connections in a second. A user may not be limited: on cgroups v1 it may
 *     be several containers, and one of them would use up the number for all
 */
public record CallerSource(String name, boolean exact, boolean rated) {
    /** The source of a connection whose socket was not found: its address. */
    public static CallerSource ofAddress(InetSocketAddress source) {
        return new CallerSource("address " + source.getAddress().getHostAddress(), false, true);
    }

    /** The container. */
    public static CallerSource ofContainer(Container container) {
        return new CallerSource("container " + container.id(), true, true);
    }

    static CallerSource ofNetwork(long namespace) {
        return new CallerSource("network namespace " + namespace, true, true);
    }

    static CallerSource ofUser(long user) {
        return new CallerSource("user " + user, true, false);
    }
}
