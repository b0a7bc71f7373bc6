package io.mesosiam.lease.reconcile;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * The addresses of hosts for which a task waits: policies give it its first lease, and the host's agent isn't connected
 * here. Such a host connects before others. Bounded: if tasks wait for more hosts, all are alike. Thread-safe.
 */
final class AwaitedHosts {
    static final int MOST = 1_000;

    /** A host whose agent doesn't run for longer is like others. */
    static final Duration REMEMBERED = Duration.ofMinutes(5);

    /** Since when each address is awaited; the longest first. */
    @GuardedBy("this")
    private final SequencedMap<InetAddress, Instant> since = new LinkedHashMap<>();

    /** @param literal the IP address of a Mesos agent; another text has no effect */
    synchronized void add(String literal, Instant now) {
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(literal);
        } catch (IllegalArgumentException e) {
            return;
        }
        since.putLast(address, now);
        if (since.size() > MOST) {
            since.pollFirstEntry();
        }
    }

    synchronized void remove(String literal) {
        if (since.isEmpty()) {
            return;
        }
        try {
            since.remove(InetAddress.ofLiteral(literal));
        } catch (IllegalArgumentException e) {
            // it was not added
        }
    }

    synchronized boolean contains(InetAddress address, Instant now) {
        Instant at = since.get(address);
        return at != null && Duration.between(at, now).abs().compareTo(REMEMBERED) < 0;
    }
}
