package io.mesosiam.agent.attest;

import java.net.InetSocketAddress;

/**
 * Which connections count together where a number of connections is limited: those of one container as far as that can be known within
 * microseconds. This limits and proves nothing: credentials depend on an {@link Attestation} alone.
 *
 * @param name equal for connections that count together
 * @param exact whether the kernel named it; else it is only the address, and may be named exactly a moment later
 */
public record CallerSource(String name, boolean exact) {
    /** All that is known of a connection whose other end was not found. */
    public static CallerSource ofAddress(InetSocketAddress source) {
        return new CallerSource("address " + source.getAddress().getHostAddress(), false);
    }

    /** The container itself. */
    public static CallerSource ofContainer(Container container) {
        return new CallerSource("container " + container.id(), true);
    }

    static CallerSource ofNetwork(long namespace) {
        return new CallerSource("network namespace " + namespace, true);
    }

    static CallerSource ofUser(long user) {
        return new CallerSource("user " + user, true);
    }
}
