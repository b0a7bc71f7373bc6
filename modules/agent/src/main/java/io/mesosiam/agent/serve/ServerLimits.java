package io.mesosiam.agent.serve;

import java.lang.System.Logger.Level;
import java.util.List;

/** The number of connections that may be open. It follows from the heap's size, so that callers can't exhaust it. */
public final class ServerLimits {
    /** Heap in bytes that is not for connections: the agent itself, a thousand leases, and room for the collector. */
    private static final long RESERVE = 12L << 20;

    /** Heap in bytes that a connection can take, whatever is sent on it. */
    private static final long PER_CONNECTION = 64L << 10;

    private static final int FEWEST = 32;
    private static final int MOST = 1024;

    /** With a smaller heap, a flood of connections ends the agent. {@code -Xmx16m} gives 15.5 MiB. */
    private static final long SMALLEST_HEAP = RESERVE + FEWEST * PER_CONNECTION;

    private static final long HEAP = Runtime.getRuntime().maxMemory();

    private ServerLimits() {}

    /** Problems of the command line's limits, with which a flood would end the agent; one line each. */
    public static List<String> problems() {
        return problems(HEAP);
    }

    static List<String> problems(long heap) {
        return heap < SMALLEST_HEAP
                ? List.of("-Xmx: the heap has " + (heap >> 20) + " MiB, and " + FEWEST + " connections need "
                        + (SMALLEST_HEAP >> 20) + ". Start the agent with -Xmx32m.")
                : List.of();
    }

    /** The most connections that may be open at once: as many as fit in the heap. */
    public static int admitted() {
        return connections(HEAP);
    }

    /**
     * The number of connections that fit in a heap, whatever is sent on them.
     *
     * @param heap the largest size of the heap, in bytes
     */
    static int connections(long heap) {
        return Math.toIntExact(Math.clamp((heap - RESERVE) / PER_CONNECTION, FEWEST, MOST));
    }

    /** Logs how many connections are admitted. */
    static void log(System.Logger log) {
        log.log(
                Level.INFO,
                "connections limited by the heap admitted={0,number,#} heapMiB={1,number,#}",
                admitted(),
                HEAP >> 20);
    }
}
