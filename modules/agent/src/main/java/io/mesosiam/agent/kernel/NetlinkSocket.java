package io.mesosiam.agent.kernel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * A netlink socket (netlink(7)). It belongs to the network namespace in which it was opened, and keeps that namespace
 * alive. Not thread-safe.
 */
public final class NetlinkSocket implements AutoCloseable {
    /** Bytes. The requested answers are under one kilobyte. */
    private static final int BUFFER = 8192;

    /** Not reached in normal operation: the answer is there before {@code send} returns. */
    private static final Duration RECEIVE = Duration.ofMillis(100);

    /** The most left-over answers, of earlier requests that timed out, that are dropped in one query. */
    private static final int MAX_STRAYS = 16;

    /** {@code struct sockaddr_nl}: family, padding, port id, groups. */
    private static final int SENDER_LENGTH = 12;

    private static final long SENDER_PORT_OFFSET = 4;

    /** Freed by the garbage collector: a socket's few kilobytes may outlive it for a while. */
    private final Arena arena = Arena.ofAuto();

    private final MemorySegment state = SystemCall.state(arena);
    private final MemorySegment buffer = arena.allocate(BUFFER, Long.BYTES);
    private final ByteBuffer bytes = buffer.asByteBuffer();
    private final MemorySegment sender = arena.allocate(SENDER_LENGTH, Long.BYTES);
    private final MemorySegment senderLength = arena.allocate(ValueLayout.JAVA_INT);
    private final int descriptor;

    private NetlinkSocket(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Opens a socket for requests about sockets (sock_diag(7)), in the calling thread's network namespace. */
    public static NetlinkSocket toSockDiag() throws IOException {
        return open(SocketCalls.NETLINK_SOCK_DIAG);
    }

    /**
     * Opens a socket for requests to netfilter, in the calling thread's network namespace, in which it needs NET_ADMIN.
     */
    public static NetlinkSocket toNetfilter() throws IOException {
        return open(SocketCalls.NETLINK_NETFILTER);
    }

    private static NetlinkSocket open(int protocol) throws IOException {
        int descriptor =
                SocketCalls.socket(SocketCalls.AF_NETLINK, SocketCalls.SOCK_RAW | SocketCalls.SOCK_CLOEXEC, protocol);
        try {
            SocketCalls.setReceiveTimeout(descriptor, RECEIVE);
        } catch (IOException e) {
            Libc.close(descriptor);
            throw e;
        }
        return new NetlinkSocket(descriptor);
    }

    /** The buffer for the request, from position 0 to its limit, before {@link #query}. */
    public ByteBuffer bytes() {
        return bytes;
    }

    /**
     * Sends the request, or several requests, in {@link #bytes}.
     *
     * @param reader parses one message of the kernel, from its start to its limit; returns empty if it answers another
     *     request
     * @return the reader's result, about the first request
     */
    public <T> T query(Function<ByteBuffer, Optional<T>> reader) throws IOException {
        SocketCalls.send(state, descriptor, buffer.asSlice(0, bytes.limit()));
        return next(reader);
    }

    /** The answer to another request that was sent in the same {@link #query}: the kernel answers them in their order. */
    public <T> T next(Function<ByteBuffer, Optional<T>> reader) throws IOException {
        for (int received = 0; received < MAX_STRAYS; received++) {
            long length = receive();
            if (length > BUFFER) {
                throw new IOException("the answer is longer than " + BUFFER + " bytes");
            }
            // root in a container can also send to this socket: only port id 0 is the kernel
            if (sender.get(ValueLayout.JAVA_INT, SENDER_PORT_OFFSET) == 0) {
                bytes.clear().limit((int) length);
                var answer = reader.apply(bytes);
                if (answer.isPresent()) {
                    return answer.get();
                }
            }
        }
        throw new IOException("no answer among " + MAX_STRAYS + " messages");
    }

    private long receive() throws IOException {
        while (true) {
            senderLength.set(ValueLayout.JAVA_INT, 0, SENDER_LENGTH);
            try {
                return SocketCalls.receive(state, descriptor, buffer, sender, senderLength);
            } catch (SystemCall.CallFailed e) {
                if (e.errno != SystemCall.EINTR) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() {
        Libc.close(descriptor);
    }
}
