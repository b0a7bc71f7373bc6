package io.mesosiam.lease.reconcile;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.mesos.MesosAgentId;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * The hosts for which a task waits: policies give it its first lease, and the host's agent isn't connected here. Such a host
 * connects before others; what is known of it then is its address. Bounded: if tasks wait for more hosts, all are alike.
 * Thread-safe.
 */
final class AwaitedHosts {
    static final int MOST = 1_000;

    /** A host whose agent doesn't run for longer is like others. */
    static final Duration REMEMBERED = Duration.ofMinutes(5);

    /** The host that is awaited for longest first. */
    @GuardedBy("this")
    private final SequencedMap<MesosAgentId, Awaited> hosts = new LinkedHashMap<>();

    private record Awaited(InetAddress address, Instant since) {}

    /** @param literal the IP address of the Mesos agent; another text has no effect */
    synchronized void add(MesosAgentId host, String literal, Instant now) {
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(literal);
        } catch (IllegalArgumentException e) {
            return;
        }
        hosts.putLast(host, new Awaited(address, now));
        if (hosts.size() > MOST) {
            hosts.pollFirstEntry();
        }
    }

    synchronized void remove(MesosAgentId host) {
        hosts.remove(host);
    }

    synchronized boolean contains(MesosAgentId host) {
        return hosts.containsKey(host);
    }

    synchronized boolean contains(InetAddress address, Instant now) {
        return hosts.values().stream()
                .anyMatch(host -> host.address().equals(address)
                        && Duration.between(host.since(), now).abs().compareTo(REMEMBERED) < 0);
    }
}
