package io.mesosiam.agent.kernel;

import java.io.IOException;

/**
 * A process by a descriptor (pidfd_open(2), since Linux 5.3): its pid may be given to another one when it has ended, the descriptor never
 * means another. Not to be asked after it was closed.
 */
public final class Pidfd implements AutoCloseable {
    private final int descriptor;

    private Pidfd(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Of the process that has this pid now, in our own pid namespace.
     *
     * @throws IOException if there is none, or this kernel or the limit on open files doesn't allow it
     * @throws LinkageError where foreign functions aren't available
     */
    public static Pidfd open(long pid) throws IOException {
        return new Pidfd(Libc.openProcess((int) pid));
    }

    /** Whether all its threads have ended; it may still be waited for. */
    public boolean hasEnded() throws IOException {
        return Libc.isReadable(descriptor);
    }

    @Override
    public void close() {
        Libc.close(descriptor);
    }
}
