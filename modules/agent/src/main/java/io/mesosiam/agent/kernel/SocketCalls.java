package io.mesosiam.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The calls for sockets that the JDK can't open or describe. Initialising this class throws a {@link LinkageError} if
 * foreign functions are not available.
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

    private static final MethodHandle SOCKET =
            NativeCalls.function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SETSOCKOPT = NativeCalls.function(
            "setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle GETSOCKOPT = NativeCalls.function(
            "getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle GETSOCKNAME =
            NativeCalls.function("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle CONNECT =
            NativeCalls.function("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SEND =
            NativeCalls.function("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECVFROM = NativeCalls.function(
            "recvfrom", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS));

    private static final MethodHandle SENDMSG =
            NativeCalls.function("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

    private SocketCalls() {}

    static int socket(int domain, int type, int protocol) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = NativeCalls.state(arena);
            return (int) NativeCalls.checked("socket", (int) SOCKET.invokeExact(state, domain, type, protocol), state);
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
    }

    static void setReceiveTimeout(int descriptor, long seconds) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = NativeCalls.state(arena);
            MemorySegment timeval = arena.allocate(JAVA_LONG, 2);
            timeval.set(JAVA_LONG, 0, seconds);
            NativeCalls.checked(
                    "setsockopt",
                    (int) SETSOCKOPT.invokeExact(
                            state, descriptor, SOL_SOCKET, SO_RCVTIMEO, timeval, (int) timeval.byteSize()),
                    state);
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
    }

    /** Sets an integer socket option. */
    static void setSocketOption(int descriptor, int option, int value) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = NativeCalls.state(arena);
            MemorySegment number = arena.allocateFrom(JAVA_INT, value);
            NativeCalls.checked(
                    "setsockopt",
                    (int) SETSOCKOPT.invokeExact(
                            state, descriptor, SOL_SOCKET, option, number, (int) number.byteSize()),
                    state);
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
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
            MemorySegment state = NativeCalls.state(arena);
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) into.byteSize());
            NativeCalls.checked(
                    "getsockopt", (int) GETSOCKOPT.invokeExact(state, descriptor, level, option, into, length), state);
            return length.get(JAVA_INT, 0);
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
    }

    /** getsockname(2): writes a socket's local end, a {@code struct sockaddr}, into the segment. */
    static void socketName(int descriptor, MemorySegment into) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = NativeCalls.state(arena);
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) into.byteSize());
            NativeCalls.checked("getsockname", (int) GETSOCKNAME.invokeExact(state, descriptor, into, length), state);
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
    }

    /** Connects to a {@code struct sockaddr} with the length of its segment. */
    static void connect(int descriptor, MemorySegment address) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = NativeCalls.state(arena);
            NativeCalls.checked(
                    "connect", (int) CONNECT.invokeExact(state, descriptor, address, (int) address.byteSize()), state);
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
    }

    static void send(MemorySegment state, int descriptor, MemorySegment data) throws IOException {
        try {
            NativeCalls.checked("send", (long) SEND.invokeExact(state, descriptor, data, data.byteSize(), 0), state);
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
    }

    /** sendmsg(2): sends a datagram with descriptors, of which the receiver gets descriptors of its own. */
    static void sendMessage(int descriptor, MemorySegment data, int... passed) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = NativeCalls.state(arena);
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
            NativeCalls.checked("sendmsg", (long) SENDMSG.invokeExact(state, descriptor, message, 0), state);
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
    }

    /** Waits for a datagram and returns its length, which exceeds the buffer's if it was truncated. */
    static long receive(
            MemorySegment state, int descriptor, MemorySegment buffer, MemorySegment sender, MemorySegment senderLength)
            throws IOException {
        try {
            return NativeCalls.checked(
                    "recvfrom",
                    (long) RECVFROM.invokeExact(
                            state, descriptor, buffer, buffer.byteSize(), MSG_TRUNC, sender, senderLength),
                    state);
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
    }
}
