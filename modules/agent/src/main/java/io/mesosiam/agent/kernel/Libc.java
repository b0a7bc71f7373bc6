package io.mesosiam.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The few system calls that the JDK lacks. Descriptors and options are constants, so that a native image can register
 * them (see {@code reachability-metadata.json}). Initialising this class throws a {@link LinkageError} if foreign
 * functions are not available.
 */
public final class Libc {
    static final int AF_NETLINK = 16;
    static final int AF_UNIX = 1;
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
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int O_CLOEXEC = 0x80000;
    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 0x800;
    static final int F_SETFL = 4;
    static final int F_DUPFD_CLOEXEC = 1030;
    static final int EPOLL_CTL_DEL = 2;
    static final int PR_SET_DUMPABLE = 4;
    static final int RLIMIT_CORE = 4;
    static final int CLONE_NEWNET = 0x40000000;
    static final int MSG_TRUNC = 0x20;
    static final int EINTR = 4;

    /**
     * The call's number, equal on every architecture as for all calls since Linux 5.0. glibc has a function for it only
     * since 2.36.
     */
    static final long PIDFD_OPEN = 434;

    /** {@code struct pollfd}: descriptor, requested events, returned events. */
    private static final long POLLFD = 8;

    private static final long EVENTS = 4;
    private static final short POLLIN = 1;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO_FIELD =
            Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final List<FunctionDescriptor> REGISTERED = new ArrayList<>();

    private static final MethodHandle SOCKET =
            function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SETSOCKOPT =
            function("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SEND =
            function("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECVFROM = function(
            "recvfrom", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle SETNS = function("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    /** Without the mode argument, which only matters to a call that creates a file. */
    private static final MethodHandle OPEN =
            function("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));

    private static final MethodHandle GETSOCKOPT =
            function("getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle GETSOCKNAME =
            function("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle DUP3 =
            function("dup3", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle FCNTL = function(
            "fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle EPOLL_CTL =
            function("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle PRCTL = function(
            "prctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle SETRLIMIT =
            function("setrlimit", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle SYSCALL = function(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle POLL =
            function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle CONNECT =
            function("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

    private Libc() {}

    /** The function descriptors that a native image has to register. */
    static List<FunctionDescriptor> registered() {
        return List.copyOf(REGISTERED);
    }

    @SuppressWarnings("restricted") // the agent is started with native access for these few calls
    static MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... more) {
        REGISTERED.add(descriptor);
        Linker.Option[] options =
                Stream.concat(Stream.of(ERRNO), Stream.of(more)).toArray(Linker.Option[]::new);
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
    }

    static int socket(int domain, int type, int protocol) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return (int) checked("socket", (int) SOCKET.invokeExact(state, domain, type, protocol), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static void setReceiveTimeout(int descriptor, long seconds) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            MemorySegment timeval = arena.allocate(JAVA_LONG, 2);
            timeval.set(JAVA_LONG, 0, seconds);
            checked(
                    "setsockopt",
                    (int) SETSOCKOPT.invokeExact(
                            state, descriptor, SOL_SOCKET, SO_RCVTIMEO, timeval, (int) timeval.byteSize()),
                    state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Sets an integer socket option. */
    static void setSocketOption(int descriptor, int option, int value) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            MemorySegment number = arena.allocateFrom(JAVA_INT, value);
            checked(
                    "setsockopt",
                    (int) SETSOCKOPT.invokeExact(
                            state, descriptor, SOL_SOCKET, option, number, (int) number.byteSize()),
                    state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Connects to a {@code struct sockaddr} with the length of its segment. */
    static void connect(int descriptor, MemorySegment address) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            checked("connect", (int) CONNECT.invokeExact(state, descriptor, address, (int) address.byteSize()), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static void send(MemorySegment state, int descriptor, MemorySegment data) throws IOException {
        try {
            checked("send", (long) SEND.invokeExact(state, descriptor, data, data.byteSize(), 0), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Waits for a datagram and returns its length, which exceeds the buffer's if it was truncated. */
    static long receive(
            MemorySegment state, int descriptor, MemorySegment buffer, MemorySegment sender, MemorySegment senderLength)
            throws IOException {
        try {
            return checked(
                    "recvfrom",
                    (long) RECVFROM.invokeExact(
                            state, descriptor, buffer, buffer.byteSize(), MSG_TRUNC, sender, senderLength),
                    state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Opens a file for reading. Close the descriptor with {@link #close}. */
    public static int open(String path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return open(state(arena), arena.allocateFrom(path));
        }
    }

    static int open(MemorySegment state, MemorySegment path) throws IOException {
        try {
            return (int) checked("open", (int) OPEN.invokeExact(state, path, O_CLOEXEC), state);
        } catch (Throwable e) {
            throw rethrown(e);
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
            MemorySegment state = state(arena);
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) into.byteSize());
            checked("getsockopt", (int) GETSOCKOPT.invokeExact(state, descriptor, level, option, into, length), state);
            return length.get(JAVA_INT, 0);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** dup(2): returns a new descriptor of the same file. */
    static int duplicate(int descriptor) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return (int) checked("fcntl", (int) FCNTL.invokeExact(state, descriptor, F_DUPFD_CLOEXEC, 0), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** getsockname(2): writes a socket's local end, a {@code struct sockaddr}, into the segment. */
    static void socketName(int descriptor, MemorySegment into) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) into.byteSize());
            checked("getsockname", (int) GETSOCKNAME.invokeExact(state, descriptor, into, length), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /**
     * dup3(2): makes {@code onto} refer to the file of {@code descriptor}, and closes what {@code onto} referred to.
     */
    static void duplicate(int descriptor, int onto) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            checked("dup3", (int) DUP3.invokeExact(state, descriptor, onto, O_CLOEXEC), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static void setNonBlocking(int socket) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            checked("fcntl", (int) FCNTL.invokeExact(state, socket, F_SETFL, O_RDWR | O_NONBLOCK), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Removes a descriptor from an epoll instance. */
    static void unwatch(int epoll, int descriptor) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            checked(
                    "epoll_ctl",
                    (int) EPOLL_CTL.invokeExact(state, epoll, EPOLL_CTL_DEL, descriptor, MemorySegment.NULL),
                    state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static void setDumpable(boolean dumpable) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            long value = dumpable ? 1 : 0;
            checked("prctl", (int) PRCTL.invokeExact(state, PR_SET_DUMPABLE, value, 0L, 0L, 0L), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Sets soft and hard limit to zero. */
    static void forbid(int resource) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            MemorySegment limits = arena.allocate(JAVA_LONG, 2);
            checked("setrlimit", (int) SETRLIMIT.invokeExact(state, resource, limits), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    static int openProcess(int pid) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            return (int) checked("pidfd_open", (long) SYSCALL.invokeExact(state, PIDFD_OPEN, pid, 0), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Whether a descriptor is readable at this moment. */
    static boolean isReadable(int descriptor) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            MemorySegment poll = arena.allocate(POLLFD, Integer.BYTES);
            poll.set(JAVA_INT, 0, descriptor);
            poll.set(JAVA_SHORT, EVENTS, POLLIN);
            return checked("poll", (int) POLL.invokeExact(state, poll, 1L, 0), state) > 0;
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** setns(2): moves the calling <em>thread</em> into a network namespace. */
    public static void enterNetworkNamespace(int descriptor) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = state(arena);
            checked("setns", (int) SETNS.invokeExact(state, descriptor, CLONE_NEWNET), state);
        } catch (Throwable e) {
            throw rethrown(e);
        }
    }

    /** Closes a descriptor. On Linux a failed close is not repeated: the descriptor is closed in any case. */
    public static void close(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            close(state(arena), descriptor);
        }
    }

    static void close(MemorySegment state, int descriptor) {
        try {
            int ignored = (int) CLOSE.invokeExact(state, descriptor);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** Allocates the segment in which a call stores {@code errno}. */
    static MemorySegment state(Arena arena) {
        return arena.allocate(Linker.Option.captureStateLayout());
    }

    static long checked(String call, long result, MemorySegment state) throws CallFailed {
        if (result < 0) {
            throw new CallFailed(call, (int) ERRNO_FIELD.get(state, 0L));
        }
        return result;
    }

    static IOException rethrown(Throwable e) {
        return e instanceof IOException io ? io : throwUnchecked(e);
    }

    private static IOException throwUnchecked(Throwable e) {
        throw unchecked(e);
    }

    private static RuntimeException unchecked(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
    }

    /** The kernel returned an error. */
    static final class CallFailed extends IOException {
        private static final long serialVersionUID = 1L;

        final int errno;

        CallFailed(String call, int errno) {
            super(call + ": errno " + errno);
            this.errno = errno;
        }
    }
}
