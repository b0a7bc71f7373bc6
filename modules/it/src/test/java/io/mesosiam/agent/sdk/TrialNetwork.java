package io.mesosiam.agent.sdk;

import io.mesosiam.agent.redirect.NetworkNamespace;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/**
 * The network of a trial: a separate network namespace for the host, with containers behind a bridge.
 *
 * <pre>
 *   container 172.30.n.2 ── bridge 172.30.0.1 host
 * </pre>
 */
final class TrialNetwork implements AutoCloseable {
    private final NetworkNamespace host = new NetworkNamespace("host");

    TrialNetwork() {
        host.sh("""
                sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
                ip link add br0 type bridge; ip link set br0 up
                ip addr add 172.30.0.1/16 dev br0; ip addr add fd30::1/64 dev br0 nodad
                """);
    }

    /** Opens something in the host's namespace, and closes it with the network. */
    <T extends AutoCloseable> T onHost(Callable<T> open) throws Exception {
        return host.owns(host.in(open));
    }

    /**
     * A new namespace, connected to the bridge.
     *
     * @param number of the container, from 1
     */
    NetworkNamespace connect(String id, int number) {
        NetworkNamespace own = new NetworkNamespace(id);
        // ip accepts the id of a thread like that of a process
        String thread = Path.of(own.path()).getName(3).toString();
        host.sh("""
                ip link add veth%1$d type veth peer name eth0 netns %2$s
                ip link set veth%1$d master br0; ip link set veth%1$d up
                """.formatted(number, thread));
        own.sh("""
                ip link set eth0 up
                ip addr add 172.30.%1$d.2/16 dev eth0; ip addr add fd30::%1$d:2/64 dev eth0 nodad
                ip route add default via 172.30.0.1; ip route add default via fd30::1
                """.formatted(number));
        return own;
    }

    @Override
    public void close() {
        host.close();
    }
}
