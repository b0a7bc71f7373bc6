package io.mesosiam.agent.kernel;

import java.io.IOException;

/**
 * A process's pidfd (pidfd_open(2), since Linux 5.3). The pid may be reused after the process has ended; the pidfd
 * never refers to another process. Must not be used after {@link #close}.
 */
public final class Pidfd implements AutoCloseable {
    private final int descriptor;

    private Pidfd(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Opens the process that has this pid now, in the agent's pid namespace.
     *
     * @throws IOException if there is none, or the kernel or the limit on open files does not permit it
     * @throws LinkageError if foreign functions are not available
     */
    public static Pidfd open(long pid) throws IOException {
        return new Pidfd(Libc.openProcess((int) pid));
    }

    /** Whether all its threads have ended; it may still be a zombie. */
    public boolean hasEnded() throws IOException {
        return Libc.isReadable(descriptor);
    }

    @Override
    public void close() {
        Libc.close(descriptor);
    }
}
