package io.mesosiam.agent.redirect;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What the packet filter has to do, independent of the program that configures it.
 * <ol>
 * <li>Connections from other network namespaces to a {@link ServedAddress} are redirected to the agent's port.
 * <li>So are connections from the host's own network, except those of the host's processes to the real metadata
 * service.
 * <li>Connections that still reach one of the addresses (opened before the rules, or not tracked) are reset at their
 * next packet.
 * <li>The agent's port accepts such connections and those of the host itself, and none from the network.
 * <li>No container with its own network or, on cgroups v2 and with nft, on the host's has more than its share of the agent's
 * connections.
 * <li>Packets to the agent's port reach only a socket with {@link #MARK}: every other listener looks like a closed
 * port.
 * </ol>
 *
 * <p>No rule depends on a running agent: the kernel refuses a connection to a port without a listener, and the rules
 * refuse connections to another process's listener in the same way.
 *
 * @param port the agent's port, on all addresses: a packet from a bridge is redirected to the bridge's own address
 * @param boundary the criterion of a task on the host's network
 * @param uplinks interfaces that lead off the host; packets that arrive by them are no container's, whatever their
 *     destination
 * @param connectionsPerSource the most connections that one source may have open at once; 0 for no limit
 * @param ipv6 whether the kernel supports IPv6
 */
public record RedirectRules(
        int port, HostBoundary boundary, SortedSet<String> uplinks, int connectionsPerSource, boolean ipv6) {
    /**
     * SO_MARK of the agent's listening socket. To set a mark, a process needs NET_ADMIN or NET_RAW in the host's user
     * namespace. The value shares no bit with the marks that kube-proxy, the common CNI plugins and tailscale use in
     * their rules.
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
                throw new IllegalArgumentException("not a valid interface name for a rule: " + uplink);
            }
        }
    }
}
