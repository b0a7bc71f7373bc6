package io.mesosiam.agent.attest;

import io.mesosiam.agent.cgroup.ContainerPath;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * What a look-up at accept has found about a connection: the group in which it is counted for limits, those of one
 * container if possible, and the container that made the caller's socket, if that is certain.
 *
 * @param name equal for connections that are counted together
 * @param exact whether the kernel identified the source. Otherwise it is only the address, and a later lookup may be
 *     exact
 * @param rated whether it may open only so many connections in a second. A user may not be limited: on cgroups v1 it may
 *     be several containers, and one of them would use up the number for all
 * @param maker the container that made the caller's socket, if the whole connection can belong only to it as long as it
 *     is alive (docs/attestation.md, "When one look-up serves all requests of a connection"). It is the only part on
 *     which an {@link Attestation} may rest
 */
public record CallerSource(String name, boolean exact, boolean rated, Optional<Attestation.Attested> maker) {
    /**
     * The source of a connection that its caller has reset before the look-up, while another socket has its ends by now: it
     * is closed unread.
     */
    public static final CallerSource RESET = new CallerSource("reset connections", true, false, Optional.empty());

    /** The source of a connection whose socket was not found: its address. */
    public static CallerSource ofAddress(InetSocketAddress source) {
        return new CallerSource("address " + source.getAddress().getHostAddress(), false, true, Optional.empty());
    }

    /** The container, together with all that are nested in the same outermost one: it can start many of these. */
    public static CallerSource ofContainer(Container container) {
        return new CallerSource("container " + ContainerPath.outermost(container.id()), true, true, Optional.empty());
    }

    /** The outermost container that all members of a network are nested in; if there are several, the network. */
    static CallerSource ofNetwork(List<ObservedContainer> members) {
        ObservedContainer first = members.getFirst();
        String outermost = ContainerPath.outermost(first.id());
        return members.stream()
                        .allMatch(member -> ContainerPath.outermost(member.id()).equals(outermost))
                ? ofContainer(first.container())
                : new CallerSource("network namespace " + first.namespace(), true, true, Optional.empty());
    }

    static CallerSource ofUser(long user) {
        return new CallerSource("user " + user, true, false, Optional.empty());
    }

    CallerSource madeBy(Optional<Attestation.Attested> container) {
        return new CallerSource(name, exact, rated, container);
    }

    /** The same source for limits; the connection is attested by another look-up. */
    public CallerSource forLimits() {
        return madeBy(Optional.empty());
    }
}
