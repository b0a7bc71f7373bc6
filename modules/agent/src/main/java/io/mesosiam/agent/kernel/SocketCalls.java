package io.mesosiam.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * The calls for sockets that the JDK can't open or describe. They throw a {@link LinkageError} if foreign functions are
 * not available.
 */
final class SocketCalls {
    static final int AF_NETLINK = 16;
    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOCK_RAW = 3;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int NETLINK_SOCK_DIAG = 4;
    static final int NETLINK_NETFILTER = 12;
    static final int SOL_SOCKET = 1;
    static final int SO_MARK = 36;
    static final int SO_RCVTIMEO = 20;
    static final int SO_ACCEPTCONN = 30;
    static final int SO_PROTOCOL = 38;
    static final int IPPROTO_TCP = 6;
    static final int MSG_TRUNC = 0x20;
    static final int SCM_RIGHTS = 1;

    /** {@code struct iovec} and {@code struct msghdr}, with 64-bit addresses. */
    private static final long IOVEC = 16;

    private static final long MSGHDR = 56;

    /** {@code struct cmsghdr}: length, level, type; then the descriptors, and padding. */
    private static final long CMSGHDR = 16;

    private SocketCalls() {}

    static int socket(int domain, int type, int protocol) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return (int) SystemCall.SOCKET.call(SystemCall.state(arena), domain, type, protocol);
        }
    }

    static void setReceiveTimeout(int descriptor, Duration timeout) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment timeval = arena.allocate(JAVA_LONG, 2);
            timeval.setAtIndex(JAVA_LONG, 0, timeout.toSeconds());
            timeval.setAtIndex(JAVA_LONG, 1, timeout.toNanosPart() / 1000);
            setSocketOption(arena, descriptor, SO_RCVTIMEO, timeval);
        }
    }

    /** Sets an integer socket option. */
    static void setSocketOption(int descriptor, int option, int value) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            setSocketOption(arena, descriptor, option, arena.allocateFrom(JAVA_INT, value));
        }
    }

    private static void setSocketOption(Arena arena, int descriptor, int option, MemorySegment value)
            throws IOException {
        SystemCall.SETSOCKOPT.call(
                SystemCall.state(arena), descriptor, SOL_SOCKET, option, value.address(), value.byteSize(), 0);
    }

    /** Reads an integer socket option. */
    static int socketOption(int descriptor, int option) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            int ignored = socketOption(descriptor, SOL_SOCKET, option, value);
            return value.get(JAVA_INT, 0);
        }
    }

    /** Reads a socket option into the segment and returns the number of bytes written. */
    static int socketOption(int descriptor, int level, int option, MemorySegment into) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) into.byteSize());
            SystemCall.GETSOCKOPT.call(
                    SystemCall.state(arena), descriptor, level, option, into.address(), length.address(), 0);
            return length.get(JAVA_INT, 0);
        }
    }

    /** getsockname(2): writes a socket's local end, a {@code struct sockaddr}, into the segment. */
    static void socketName(int descriptor, MemorySegment into) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) into.byteSize());
            SystemCall.GETSOCKNAME.call(SystemCall.state(arena), descriptor, into.address(), length.address());
        }
    }

    /** Connects to a {@code struct sockaddr} with the length of its segment. */
    static void connect(int descriptor, MemorySegment address) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            SystemCall.CONNECT.call(SystemCall.state(arena), descriptor, address.address(), address.byteSize());
        }
    }

    static void send(MemorySegment state, int descriptor, MemorySegment data) throws IOException {
        SystemCall.SENDTO.call(state, descriptor, data.address(), data.byteSize(), 0, 0, 0);
    }

    /** sendmsg(2): sends a datagram with descriptors, of which the receiver gets descriptors of its own. */
    static void sendMessage(int descriptor, MemorySegment data, int... passed) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = SystemCall.state(arena);
            MemorySegment part = arena.allocate(IOVEC, Long.BYTES);
            part.set(ADDRESS, 0, data);
            part.set(JAVA_LONG, 8, data.byteSize());
            MemorySegment message = arena.allocate(MSGHDR, Long.BYTES);
            message.set(ADDRESS, 16, part);
            message.set(JAVA_LONG, 24, 1);
            if (passed.length > 0) {
                long length = CMSGHDR + (long) passed.length * Integer.BYTES;
                MemorySegment control = arena.allocate((length + 7) / 8 * 8, Long.BYTES);
                control.set(JAVA_LONG, 0, length);
                control.set(JAVA_INT, 8, SOL_SOCKET);
                control.set(JAVA_INT, 12, SCM_RIGHTS);
                MemorySegment.copy(passed, 0, control, JAVA_INT, CMSGHDR, passed.length);
                message.set(ADDRESS, 32, control);
                message.set(JAVA_LONG, 40, control.byteSize());
            }
            SystemCall.SENDMSG.call(state, descriptor, message.address(), 0);
        }
    }

    /** Waits for a datagram and returns its length, which exceeds the buffer's if it was truncated. */
    static long receive(
            MemorySegment state, int descriptor, MemorySegment buffer, MemorySegment sender, MemorySegment senderLength)
            throws IOException {
        return SystemCall.RECVFROM.call(
                state,
                descriptor,
                buffer.address(),
                buffer.byteSize(),
                MSG_TRUNC,
                sender.address(),
                senderLength.address());
    }
}
