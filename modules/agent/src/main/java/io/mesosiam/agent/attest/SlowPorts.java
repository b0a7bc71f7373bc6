package io.mesosiam.agent.attest;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;

/**
 * The ports of callers that are not queried for some seconds, because several queries in a row for one of them took long and
 * found nothing. A query whose caller is gone, or bound to a device, goes on to all sockets that listen at its port, of which a
 * process can have tens of thousands (SO_REUSEPORT). So such a process keeps the agent busy a few times for each of its ports.
 * Not thread-safe.
 */
final class SlowPorts {
    /** A query takes some 10 microseconds, but its thread may be held up. */
    private static final Duration LONG = Duration.of(300, ChronoUnit.MICROS);

    /** That a thread is held up in each of so many queries of one port in a row is improbable. */
    static final int IN_A_ROW = 4;

    private static final Duration LEFT_OUT = Duration.ofSeconds(10);

    /** Each had a query that took long, so that there are seldom more. */
    private static final int MOST = 1024;

    private final Map<Integer, Slow> ports = new HashMap<>();

    /** @param until by {@link System#nanoTime} */
    private record Slow(int queries, long until) {}

    boolean has(int port, long nanoTime) {
        Slow slow = ports.get(port);
        if (slow == null || slow.queries() < IN_A_ROW) {
            return false;
        }
        if (nanoTime - slow.until() >= 0) {
            ports.remove(port);
            return false;
        }
        return true;
    }

    /** Notes a query that found nothing. */
    void foundNothing(int port, long begun, long nanoTime) {
        if (nanoTime - begun <= LONG.toNanos()) {
            ports.remove(port);
            return;
        }
        if (ports.size() >= MOST) {
            ports.clear();
        }
        Slow before = ports.get(port);
        ports.put(port, new Slow(before == null ? 1 : before.queries() + 1, nanoTime + LEFT_OUT.toNanos()));
    }
}
