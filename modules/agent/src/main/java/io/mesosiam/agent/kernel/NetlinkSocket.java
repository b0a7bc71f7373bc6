package io.mesosiam.agent.kernel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Function;

/**
 * A netlink socket of the network namespace that it was opened in, which it keeps in being (netlink(7)). Not for use by two threads at
 * once.
 */
public final class NetlinkSocket implements AutoCloseable {
    /** The answers that are asked for here are under a kilobyte. */
    private static final int BUFFER = 8192;

    /** Never reached unless something is very wrong: the answer is there before {@code send} returns. */
    private static final long RECEIVE_SECONDS = 1;

    /** Left-overs of questions whose answer nobody waited for; each is dropped once. */
    private static final int MAX_STRAYS = 16;

    /** {@code struct sockaddr_nl}: family, padding, port id, groups. */
    private static final int SENDER_LENGTH = 12;

    private static final long SENDER_PORT_OFFSET = 4;

    /** Freed by the collector: a socket's few kilobytes may outlive it for a while. */
    private final Arena arena = Arena.ofAuto();

    private final MemorySegment state = Libc.state(arena);
    private final MemorySegment buffer = arena.allocate(BUFFER, Long.BYTES);
    private final ByteBuffer bytes = buffer.asByteBuffer();
    private final MemorySegment sender = arena.allocate(SENDER_LENGTH, Long.BYTES);
    private final MemorySegment senderLength = arena.allocate(ValueLayout.JAVA_INT);
    private final int descriptor;

    private NetlinkSocket(int descriptor) {
        this.descriptor = descriptor;
    }

    /** For questions about sockets (sock_diag(7)), opened in the calling thread's network namespace. */
    public static NetlinkSocket toSockDiag() throws IOException {
        return open(Libc.NETLINK_SOCK_DIAG);
    }

    /** For questions to the packet filter; needs NET_ADMIN in the calling thread's network namespace, where it is opened. */
    public static NetlinkSocket toNetfilter() throws IOException {
        return open(Libc.NETLINK_NETFILTER);
    }

    private static NetlinkSocket open(int protocol) throws IOException {
        int descriptor = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, protocol);
        try {
            Libc.setReceiveTimeout(descriptor, RECEIVE_SECONDS);
        } catch (IOException e) {
            Libc.close(descriptor);
            throw e;
        }
        return new NetlinkSocket(descriptor);
    }

    /** Where a question is written, from the start to the limit, before it is {@linkplain #ask asked}. */
    public ByteBuffer bytes() {
        return bytes;
    }

    /**
     * Asks what {@link #bytes} holds.
     *
     * @param reader reads one message of the kernel's, from its start to its limit; empty if it answers another question
     * @return what the reader made of the answer
     */
    public <T> T ask(Function<ByteBuffer, Optional<T>> reader) throws IOException {
        Libc.send(state, descriptor, buffer.asSlice(0, bytes.limit()));
        for (int received = 0; received < MAX_STRAYS; received++) {
            long length = receive();
            if (length > BUFFER) {
                throw new IOException("the answer is longer than " + BUFFER + " bytes");
            }
            // root in a container may send to this socket too: only port id 0 is the kernel
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
                return Libc.receive(state, descriptor, buffer, sender, senderLength);
            } catch (Libc.CallFailed e) {
                if (e.errno != Libc.EINTR) {
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
