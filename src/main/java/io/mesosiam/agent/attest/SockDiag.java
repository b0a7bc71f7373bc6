package io.mesosiam.agent.attest;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Asks the kernel for one socket by its two ends: some 10 µs, however many sockets there are.
 *
 * <p>It answers for the network namespace that its netlink socket was made in, and keeps that namespace in being. One question is
 * in flight at a time; the kernel answers within the call that asks, so nobody waits for long.
 */
final class SockDiag implements SocketLookup {
    /** An answer is under 300 bytes. */
    private static final int BUFFER = 8192;

    /** Never reached unless something is very wrong: the answer is there before {@code send} returns. */
    private static final long RECEIVE_SECONDS = 1;

    /** Left-overs of questions whose answer nobody waited for; each is dropped once. */
    private static final int MAX_STRAYS = 16;

    /** {@code struct sockaddr_nl}: family, padding, port id, groups. */
    private static final int SENDER_LENGTH = 12;

    private static final long SENDER_PORT_OFFSET = 4;

    private final ReentrantLock turn = new ReentrantLock();
    /** Freed by the collector: a namespace's few kilobytes may outlive it for a while. */
    private final Arena arena = Arena.ofAuto();

    private final MemorySegment state = Libc.state(arena);
    private final MemorySegment buffer = arena.allocate(BUFFER, Long.BYTES);
    private final ByteBuffer bytes = buffer.asByteBuffer();
    private final MemorySegment sender = arena.allocate(SENDER_LENGTH, Long.BYTES);
    private final MemorySegment senderLength = arena.allocate(ValueLayout.JAVA_INT);
    private final int descriptor;
    private int sequence;
    private boolean closed;

    private SockDiag(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Opens one in the calling thread's network namespace. */
    static SockDiag open() throws IOException {
        int descriptor = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, Libc.NETLINK_SOCK_DIAG);
        try {
            Libc.setReceiveTimeout(descriptor, RECEIVE_SECONDS);
        } catch (IOException e) {
            Libc.close(descriptor);
            throw e;
        }
        return new SockDiag(descriptor);
    }

    @Override
    public SocketAnswer find(InetSocketAddress source, InetSocketAddress destination) {
        turn.lock();
        try {
            return closed ? new SocketAnswer.Failed("the namespace is gone") : ask(source, destination);
        } catch (IOException e) {
            return new SocketAnswer.Failed(String.valueOf(e.getMessage()));
        } finally {
            turn.unlock();
        }
    }

    private SocketAnswer ask(InetSocketAddress source, InetSocketAddress destination) throws IOException {
        int question = ++sequence;
        InetDiag.writeRequest(bytes, question, source, destination);
        Libc.send(state, descriptor, buffer.asSlice(0, InetDiag.REQUEST_LENGTH));
        for (int received = 0; received < MAX_STRAYS; received++) {
            long length = receive();
            if (length > BUFFER) {
                return new SocketAnswer.Failed("the answer is longer than " + BUFFER + " bytes");
            }
            // root in a container may send to this socket too: only port id 0 is the kernel
            if (sender.get(ValueLayout.JAVA_INT, SENDER_PORT_OFFSET) == 0) {
                bytes.clear().limit((int) length);
                var answer = InetDiag.readAnswer(bytes, question, source, destination);
                if (answer.isPresent()) {
                    return answer.get();
                }
            }
        }
        return new SocketAnswer.Failed("no answer among " + MAX_STRAYS + " messages");
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
        turn.lock();
        try {
            if (!closed) {
                closed = true;
                Libc.close(descriptor);
            }
        } finally {
            turn.unlock();
        }
    }
}
