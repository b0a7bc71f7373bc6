package io.mesosiam.agent.kernel;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A program that the kernel runs when a socket of a cgroup is made or closed (bpf(2), {@code BPF_PROG_TYPE_CGROUP_SOCK}).
 * It runs until it is closed or this process ends. Needs CAP_SYS_ADMIN, and Linux 5.9.
 */
public final class SocketProgram implements AutoCloseable {
    private final int link;

    private SocketProgram(int link) {
        this.link = link;
    }

    /** When the kernel runs a program; the numbers are those of {@code enum bpf_attach_type}. */
    public enum Event {
        /** A process has made an IPv4 or IPv6 socket. */
        MADE(2),
        /** The last descriptor of such a socket was closed. */
        CLOSED(34);

        private final int attachType;

        Event(int attachType) {
            this.attachType = attachType;
        }
    }

    /**
     * Has the kernel verify a program and run it for all processes of a cgroup and of those below it.
     *
     * @param cgroup the directory of a cgroup of v2
     * @param instructions eight bytes each
     */
    public static SocketProgram attach(Path cgroup, Event event, byte[] instructions) throws IOException {
        int program = Bpf.load(instructions, event.attachType);
        try {
            int directory = Libc.open(cgroup.toString());
            try {
                return new SocketProgram(Bpf.link(program, directory, event.attachType));
            } finally {
                Libc.close(directory);
            }
        } finally {
            Libc.close(program);
        }
    }

    @Override
    public void close() {
        Libc.close(link);
    }
}
