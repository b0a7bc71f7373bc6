package io.mesosiam.agent.kernel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * A system call that the JDK lacks, with its numbers on x86-64, and on all architectures that Linux supports since
 * ({@code asm-generic/unistd.h}). Arguments are numbers and addresses; those that a call doesn't have are zero. Memory
 * whose address is passed must not be freed during the call.
 */
enum SystemCall {
    BPF(321, 280),
    CLOSE(3, 57),
    CONNECT(42, 203),
    DUP3(292, 24),
    FCNTL(72, 25),
    GETDENTS64(217, 61),
    GETSOCKNAME(51, 204),
    GETSOCKOPT(55, 209),
    MADVISE(28, 233),
    OPENAT(257, 56),
    PIDFD_OPEN(434, 434),
    PPOLL(271, 73),
    PRCTL(157, 167),
    PRLIMIT64(302, 261),
    READLINKAT(267, 78),
    RECVFROM(45, 207),
    SENDMSG(46, 211),
    SENDTO(44, 206),
    SETNS(308, 268),
    SETSOCKOPT(54, 208),
    SOCKET(41, 198);

    static final int EINTR = 4;

    /** Constant in each of the two forms of the agent: this class is initialised when an image is built. */
    private static final boolean IMAGE = System.getProperty("org.graalvm.nativeimage.imagecode") != null;

    private final int number;
    private final String text = name().toLowerCase(Locale.ROOT);

    SystemCall(int x86, int others) {
        this.number = System.getProperty("os.arch").equals("amd64") ? x86 : others;
    }

    /**
     * Allocates the segment in which a call stores {@code errno}.
     *
     * @throws LinkageError if foreign functions are not available
     */
    static MemorySegment state(Arena arena) {
        return IMAGE ? MemorySegment.NULL : arena.allocate(ForeignCalls.STATE);
    }

    /** Makes the call, and returns -1 if the kernel returns an error. */
    long attempt(MemorySegment state, long a, long b, long c, long d, long e, long f) {
        return IMAGE ? ImageCalls.call(number, a, b, c, d, e, f) : ForeignCalls.call(state, number, a, b, c, d, e, f);
    }

    long call(MemorySegment state, long a, long b, long c) throws CallFailed {
        return call(state, a, b, c, 0, 0, 0);
    }

    /** Makes the call, and returns its result. */
    long call(MemorySegment state, long a, long b, long c, long d, long e, long f) throws CallFailed {
        return checked(state, attempt(state, a, b, c, d, e, f), text);
    }

    /** Returns the result of the last call with this state if it is no error. */
    static long checked(MemorySegment state, long result, String name) throws CallFailed {
        if (result < 0) {
            throw new CallFailed(name, IMAGE ? ImageCalls.errno() : ForeignCalls.errno(state));
        }
        return result;
    }

    /** The kernel returned an error. */
    static final class CallFailed extends IOException {
        private static final long serialVersionUID = 1L;

        private static final int EPERM = 1;
        private static final int ENOENT = 2;
        private static final int ENOMEM = 12;
        private static final int EACCES = 13;
        private static final int EMFILE = 24;

        final int errno;

        CallFailed(String call, int errno) {
            super(call + ": " + words(errno) + "errno " + errno);
            this.errno = errno;
        }

        /** The reason in words, if it is one of the usual ones. */
        private static String words(int errno) {
            return switch (errno) {
                case EPERM -> "operation not permitted, ";
                case ENOENT -> "there is no such file or directory, ";
                case ENOMEM -> "out of memory, ";
                case EACCES -> "permission denied, ";
                case EMFILE -> "too many open files, ";
                default -> "";
            };
        }
    }
}
