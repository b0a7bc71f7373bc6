package io.mesosiam.agent.serve;

import io.mesosiam.line.OneLine;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The limits of the JDK's HTTP server, which reads them once, as system properties, on first use. Properties that are
 * already set are kept. The number of admitted connections follows from the heap's size, so that callers can't exhaust
 * it.
 *
 * @see <a href="https://docs.oracle.com/en/java/javase/25/docs/api/jdk.httpserver/module-summary.html">module
 *     jdk.httpserver</a>
 */
public final class ServerLimits {
    private static final String CONNECTIONS = "jdk.httpserver.maxConnections";
    private static final String IDLE_CONNECTIONS = "sun.net.httpserver.maxIdleConnections";

    /** Heap in bytes that is not for connections: the agent itself, a thousand leases, and room for the collector. */
    private static final long RESERVE = 12L << 20;

    /**
     * Heap in bytes that a connection can take: measured 28 KiB for a begun request line, 48 KiB for an endless one of
     * 16 KB.
     */
    private static final long PER_CONNECTION = 64L << 10;

    private static final int FEWEST = 32;

    /** With a smaller heap, a flood of connections ends the agent. {@code -Xmx16m} gives 15.5 MiB. */
    private static final long SMALLEST_HEAP = RESERVE + FEWEST * PER_CONNECTION;

    private static final String HEADER_SIZE = "sun.net.httpserver.maxReqHeaderSize";
    private static final int LARGEST_HEADERS = 16384;
    private static final int MOST = 1024;

    private static final Map<String, String> LIMITS = Map.of(
            // an answer is one small write: waiting for a full segment costs 40 ms each
            "sun.net.httpserver.nodelay",
            "true",
            // seconds: until a whole request has arrived, and until an answer has been sent, including the time that it
            // is held
            "sun.net.httpserver.maxReqTime",
            "5",
            "sun.net.httpserver.maxRspTime",
            "10",
            "sun.net.httpserver.idleInterval",
            "30",
            "sun.net.httpserver.maxReqHeaders",
            "64",
            HEADER_SIZE,
            String.valueOf(LARGEST_HEADERS),
            // bytes of an unwanted body that are read before the connection is closed
            "sun.net.httpserver.drainAmount",
            "4096");

    private static final long HEAP = Runtime.getRuntime().maxMemory();
    private static final int FIT = connections(HEAP);

    /** The number on the command line, read before {@link #set}; 0 if it is not set. */
    private static final int GIVEN = Integer.getInteger(CONNECTIONS, 0);

    /**
     * The server may have this many times the admitted connections open, until the {@link ConnectionGuard} has closed
     * the excess ones. A connection on which nothing was received takes about 3 KiB of heap.
     */
    private static final int UNREAD_FACTOR = 3;

    /**
     * Divisor for idle connections. Connections that are kept after an answer take heap in addition to those with a
     * request. The server closes excess ones without an announcement in the answer, and the caller then sends its next
     * request twice. The number is above that of a host's callers.
     */
    private static final int IDLE_SHARE = 2;

    private ServerLimits() {}

    static void set() {
        LIMITS.forEach(ServerLimits::set);
        set(CONNECTIONS, String.valueOf(ConnectionGuard.available() ? UNREAD_FACTOR * FIT : FIT));
        set(IDLE_CONNECTIONS, String.valueOf(FIT / IDLE_SHARE));
    }

    /** Problems of the command line's limits, with which a flood would end the agent; one line each. */
    public static List<String> problems() {
        return problems(HEAP, Optional.ofNullable(System.getProperty(HEADER_SIZE)));
    }

    static List<String> problems(long heap, Optional<String> headerSize) {
        List<String> problems = new ArrayList<>();
        if (heap < SMALLEST_HEAP) {
            problems.add("-Xmx: the heap has " + (heap >> 20) + " MiB, and " + FEWEST + " connections need "
                    + (SMALLEST_HEAP >> 20) + ". Start the agent with -Xmx32m.");
        }
        headerSize
                .filter(text -> !text.matches("[1-9][0-9]{0,4}") || Integer.parseInt(text) > LARGEST_HEADERS)
                .ifPresent(text -> problems.add("-D" + HEADER_SIZE + "=" + OneLine.marked(text)
                        + ": must be 1 to " + LARGEST_HEADERS
                        + ", the number of connections depends on it. Leave it out."));
        return problems;
    }

    /** The most connections that may be open at once: the command line's number, else as many as fit in the heap. */
    public static int admitted() {
        return GIVEN > 0 ? GIVEN : FIT;
    }

    /**
     * The number of connections that fit in a heap, whatever is sent on them.
     *
     * @param heap the largest size of the heap, in bytes
     */
    static int connections(long heap) {
        return Math.toIntExact(Math.clamp((heap - RESERVE) / PER_CONNECTION, FEWEST, MOST));
    }

    /** Logs how many connections are admitted, and warns if the command line admits more than fit in the heap. */
    static void log(System.Logger log) {
        int admitted = admitted();
        log.log(
                admitted > FIT ? Level.WARNING : Level.INFO,
                admitted > FIT
                        ? "more connections admitted than fit in the heap admitted={0,number,#} fit={1,number,#} heapMiB={2,number,#}"
                        : "connections limited by the heap admitted={0,number,#} fit={1,number,#} heapMiB={2,number,#}",
                admitted,
                FIT,
                HEAP >> 20);
    }

    private static void set(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }
}
