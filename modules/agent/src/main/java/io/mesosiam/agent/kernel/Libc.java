package io.mesosiam.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The few other system calls that the JDK lacks: for descriptors, processes and namespaces. Initialising this class
 * throws a {@link LinkageError} if foreign functions are not available.
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

    /**
     * The call's number, equal on every architecture as for all calls since Linux 5.0. glibc has a function for it only
     * since 2.36.
     */
    static final long PIDFD_OPEN = 434;

    /** {@code struct pollfd}: descriptor, requested events, returned events. */
    private static final long POLLFD = 8;

    private static final long EVENTS = 4;
    private static final short POLLIN = 1;

    private static final MethodHandle CLOSE = NativeCalls.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle SETNS =
            NativeCalls.function("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    /** Without the mode argument, which only matters to a call that creates a file. */
    private static final MethodHandle OPEN = NativeCalls.function(
            "open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));

    private static final MethodHandle DUP3 =
            NativeCalls.function("dup3", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle FCNTL = NativeCalls.function(
            "fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle PRCTL = NativeCalls.function(
            "prctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle SETRLIMIT =
            NativeCalls.function("setrlimit", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle SYSCALL = NativeCalls.function(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle POLL =
            NativeCalls.function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    private Libc() {}

    /** Opens a file for reading. Close the descriptor with {@link #close}. */
    public static int open(String path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return open(NativeCalls.state(arena), arena.allocateFrom(path));
        }
    }

    static int open(MemorySegment state, MemorySegment path) throws IOException {
        try {
            return (int) NativeCalls.checked("open", (int) OPEN.invokeExact(state, path, O_CLOEXEC), state);
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
    }

    /** dup(2): returns a new descriptor of the same file. */
    static int duplicate(int descriptor) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = NativeCalls.state(arena);
            return (int)
                    NativeCalls.checked("fcntl", (int) FCNTL.invokeExact(state, descriptor, F_DUPFD_CLOEXEC, 0), state);
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
    }

    /**
     * dup3(2): makes {@code onto} refer to the file of {@code descriptor}, and closes what {@code onto} referred to.
     */
    static void duplicate(int descriptor, int onto) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = NativeCalls.state(arena);
            NativeCalls.checked("dup3", (int) DUP3.invokeExact(state, descriptor, onto, O_CLOEXEC), state);
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
    }

    static void setNonBlocking(int socket) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = NativeCalls.state(arena);
            NativeCalls.checked("fcntl", (int) FCNTL.invokeExact(state, socket, F_SETFL, O_RDWR | O_NONBLOCK), state);
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
    }

    static void setDumpable(boolean dumpable) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = NativeCalls.state(arena);
            long value = dumpable ? 1 : 0;
            NativeCalls.checked("prctl", (int) PRCTL.invokeExact(state, PR_SET_DUMPABLE, value, 0L, 0L, 0L), state);
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
    }

    /** Sets soft and hard limit to zero. */
    static void forbid(int resource) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = NativeCalls.state(arena);
            MemorySegment limits = arena.allocate(JAVA_LONG, 2);
            NativeCalls.checked("setrlimit", (int) SETRLIMIT.invokeExact(state, resource, limits), state);
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
    }

    static int openProcess(int pid) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = NativeCalls.state(arena);
            return (int)
                    NativeCalls.checked("pidfd_open", (long) SYSCALL.invokeExact(state, PIDFD_OPEN, pid, 0), state);
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
    }

    /** Whether a descriptor is readable at this moment. */
    static boolean isReadable(int descriptor) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = NativeCalls.state(arena);
            MemorySegment poll = arena.allocate(POLLFD, Integer.BYTES);
            poll.set(JAVA_INT, 0, descriptor);
            poll.set(JAVA_SHORT, EVENTS, POLLIN);
            return NativeCalls.checked("poll", (int) POLL.invokeExact(state, poll, 1L, 0), state) > 0;
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
    }

    /** setns(2): moves the calling <em>thread</em> into a network namespace. */
    public static void enterNetworkNamespace(int descriptor) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = NativeCalls.state(arena);
            NativeCalls.checked("setns", (int) SETNS.invokeExact(state, descriptor, CLONE_NEWNET), state);
        } catch (Throwable e) {
            throw NativeCalls.rethrown(e);
        }
    }

    /** Closes a descriptor. On Linux a failed close is not repeated: the descriptor is closed in any case. */
    public static void close(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            close(NativeCalls.state(arena), descriptor);
        }
    }

    static void close(MemorySegment state, int descriptor) {
        try {
            int ignored = (int) CLOSE.invokeExact(state, descriptor);
        } catch (Throwable e) {
            throw NativeCalls.unchecked(e);
        }
    }
}
