package io.mesosiam.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The few other system calls that the JDK lacks: for descriptors, processes and namespaces. They throw a {@link
 * LinkageError} if foreign functions are not available.
 */
public final class Libc {
    static final int O_CLOEXEC = 0x80000;
    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 0x800;
    static final int F_SETFL = 4;
    static final int F_DUPFD_CLOEXEC = 1030;
    static final int PR_SET_DUMPABLE = 4;
    static final int RLIMIT_CORE = 4;
    static final int CLONE_NEWNET = 0x40000000;

    private static final int AT_FDCWD = -100;

    /** {@code struct pollfd}: descriptor, requested events, returned events. */
    private static final long POLLFD = 8;

    private static final long EVENTS = 4;
    private static final short POLLIN = 1;

    /** {@code struct timespec}: seconds, nanoseconds. */
    private static final long TIMESPEC = 16;

    private Libc() {}

    /** Opens a file for reading. Close the descriptor with {@link #close}. */
    public static int open(String path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return open(SystemCall.state(arena), arena.allocateFrom(path));
        }
    }

    static int open(MemorySegment state, MemorySegment path) throws IOException {
        return (int) SystemCall.OPENAT.call(state, AT_FDCWD, path.address(), O_CLOEXEC);
    }

    /** dup(2): returns a new descriptor of the same file. */
    static int duplicate(int descriptor) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return (int) SystemCall.FCNTL.call(SystemCall.state(arena), descriptor, F_DUPFD_CLOEXEC, 0);
        }
    }

    /**
     * dup3(2): makes {@code onto} refer to the file of {@code descriptor}, and closes what {@code onto} referred to.
     */
    static void duplicate(int descriptor, int onto) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            SystemCall.DUP3.call(SystemCall.state(arena), descriptor, onto, O_CLOEXEC);
        }
    }

    static void setNonBlocking(int socket) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            SystemCall.FCNTL.call(SystemCall.state(arena), socket, F_SETFL, O_RDWR | O_NONBLOCK);
        }
    }

    static void setDumpable(boolean dumpable) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            SystemCall.PRCTL.call(SystemCall.state(arena), PR_SET_DUMPABLE, dumpable ? 1 : 0, 0);
        }
    }

    /** Sets soft and hard limit to zero. */
    static void forbid(int resource) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limits = arena.allocate(JAVA_LONG, 2);
            SystemCall.PRLIMIT64.call(SystemCall.state(arena), 0, resource, limits.address(), 0, 0, 0);
        }
    }

    static int openProcess(int pid) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return (int) SystemCall.PIDFD_OPEN.call(SystemCall.state(arena), pid, 0, 0);
        }
    }

    /** Whether a descriptor is readable at this moment. */
    static boolean isReadable(int descriptor) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(POLLFD, Integer.BYTES);
            poll.set(JAVA_INT, 0, descriptor);
            poll.set(JAVA_SHORT, EVENTS, POLLIN);
            MemorySegment noTime = arena.allocate(TIMESPEC, Long.BYTES);
            return SystemCall.PPOLL.call(SystemCall.state(arena), poll.address(), 1, noTime.address()) > 0;
        }
    }

    /** setns(2): moves the calling <em>thread</em> into a network namespace. */
    public static void enterNetworkNamespace(int descriptor) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            SystemCall.SETNS.call(SystemCall.state(arena), descriptor, CLONE_NEWNET, 0);
        }
    }

    /** Closes a descriptor. On Linux a failed close is not repeated: the descriptor is closed in any case. */
    public static void close(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            close(SystemCall.state(arena), descriptor);
        }
    }

    static void close(MemorySegment state, int descriptor) {
        long ignored = SystemCall.CLOSE.attempt(state, descriptor, 0, 0, 0, 0, 0);
    }
}
