package io.mesosiam.agent.redirect;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What the packet filter should do, whichever program tells it.
 *
 * <ol>
 *   <li>Connections from other network namespaces to a {@link ServedAddress} end at the agent's port.
 *   <li>So do connections from the host's own network, but for the host's processes that ask the real metadata service.
 *   <li>What reaches one of the addresses all the same (opened before the rules, or not tracked) is reset at its next packet.
 *   <li>The agent's port answers such connections and the host itself, and nobody on the network.
 *   <li>No one container, and no one user on the host's network, has more than its share of the agent's connections.
 *   <li>Packets to the agent's port reach a socket that carries {@link #MARK} and no other: every other listener looks like a closed port.
 * </ol>
 *
 * No rule depends on the agent's being alive: the kernel refuses a connection to a port without a listener, and the rules let a connection
 * to another process's listener end the same way.
 *
 * @param port where the agent listens, on all addresses: a packet from a bridge is led to the bridge's own address
 * @param boundary what is a task on the host's network
 * @param uplinks interfaces that lead off the host; what comes in by them is no container's, whatever its destination
 * @param connectionsPerSource how many connections one source may have open at once; 0 for any number
 * @param ipv6 whether the kernel has it
 */
public record RedirectRules(
        int port, HostBoundary boundary, SortedSet<String> uplinks, int connectionsPerSource, boolean ipv6) {
    /**
     * SO_MARK of the agent's listening socket. Setting one takes NET_ADMIN or NET_RAW in the host's own user namespace. The value shares
     * no bit with the marks that kube-proxy, the common CNI plugins and tailscale test in their rules.
     */
    public static final int MARK = 0x1010;

    private static final Pattern INTERFACE = Pattern.compile("[A-Za-z0-9_.@:-]{1,15}");

    public RedirectRules {
        if (port < 1 || port > 65535 || port == ServedAddress.PORT) {
            throw new IllegalArgumentException("the agent's port can't be " + port);
        }
        if (connectionsPerSource < 0) {
            throw new IllegalArgumentException("connections can't be limited to " + connectionsPerSource);
        }
        uplinks = Collections.unmodifiableSortedSet(new TreeSet<>(uplinks));
        for (var uplink : uplinks) {
            if (!INTERFACE.matcher(uplink).matches()) {
                throw new IllegalArgumentException("not an interface's name that a rule can hold: " + uplink);
            }
        }
    }
}
