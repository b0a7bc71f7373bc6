package io.mesosiam.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.util.Optional;

/** Reads {@code struct sockaddr_in} and {@code sockaddr_in6} (ip(7), ipv6(7)). */
final class SocketName {
    /** {@code struct sockaddr_in6}, the longer one: family, port, flow, address, scope. */
    private static final int LENGTH = 28;

    private static final long PORT_OFFSET = 2;
    private static final long V4_OFFSET = 4;
    private static final long V6_OFFSET = 8;

    private SocketName() {}

    static MemorySegment allocate(Arena arena) {
        return arena.allocate(LENGTH, Long.BYTES);
    }

    /** The address in a segment that getsockname(2) or getpeername(2) filled; empty for other families than IP. */
    static Optional<InetSocketAddress> read(MemorySegment name) {
        short family = name.get(JAVA_SHORT, 0);
        if (family != SocketCalls.AF_INET && family != SocketCalls.AF_INET6) {
            return Optional.empty();
        }
        boolean v6 = family == SocketCalls.AF_INET6;
        byte[] address = name.asSlice(v6 ? V6_OFFSET : V4_OFFSET, v6 ? 16 : 4).toArray(JAVA_BYTE);
        int port = Short.toUnsignedInt(name.get(JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), PORT_OFFSET));
        try {
            return Optional.of(new InetSocketAddress(InetAddress.getByAddress(address), port));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }
}
