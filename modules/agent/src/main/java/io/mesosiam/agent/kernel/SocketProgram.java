package io.mesosiam.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A program that the kernel runs when a socket of a cgroup is made or closed (bpf(2), {@code BPF_PROG_TYPE_CGROUP_SOCK}),
 * or is to connect ({@code BPF_PROG_TYPE_CGROUP_SOCK_ADDR}). It runs until the last descriptor of its attachment is closed: this object's, and those of other processes. Needs
 * CAP_SYS_ADMIN, and Linux 5.9.
 */
public final class SocketProgram implements AutoCloseable {
    private static final int LINK_TYPE_CGROUP = 3;

    /** The bytes of {@code struct bpf_link_info} and {@code struct bpf_prog_info} (linux/bpf.h) that are read. */
    private static final long LINK_INFO = 32;

    private static final long PROGRAM_INFO = 64;
    private static final int MOST_TABLES = 4;

    private final int link;

    private SocketProgram(int link) {
        this.link = link;
    }

    /** When the kernel runs a program; the numbers are those of {@code enum bpf_prog_type} and {@code enum
     * bpf_attach_type}. */
    public enum Event {
        /** A process has made an IPv4 or IPv6 socket. */
        MADE(9, 2),
        /** The last descriptor of such a socket was closed. */
        CLOSED(9, 34),
        /** A process has an IPv4 socket connect. If the program returns 0, it may not: EPERM. */
        CONNECTS(18, 10),
        /** The same for an IPv6 socket, also if it connects to an IPv4 address. */
        CONNECTS_6(18, 11);

        private final int programType;
        private final int attachType;

        Event(int programType, int attachType) {
            this.programType = programType;
            this.attachType = attachType;
        }

        private int load(byte[] instructions) throws IOException {
            return Bpf.load(instructions, programType, attachType);
        }
    }

    /**
     * What the kernel says about a program.
     *
     * @param tag its hash of the instructions, without the numbers of tables
     * @param tables the ids of the tables that it uses
     */
    private record Loaded(int type, long tag, int tableCount, List<Integer> tables) {
        static Loaded of(int program) throws IOException {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment ids = arena.allocate(JAVA_INT, MOST_TABLES);
                MemorySegment info = arena.allocate(PROGRAM_INFO, Long.BYTES);
                info.set(JAVA_INT, 52, MOST_TABLES);
                info.set(ADDRESS, 56, ids);
                Bpf.describe(program, info);
                int count = info.get(JAVA_INT, 52);
                List<Integer> tables = IntStream.range(0, Math.clamp(count, 0, MOST_TABLES))
                        .mapToObj(i -> ids.getAtIndex(JAVA_INT, i))
                        .toList();
                return new Loaded(info.get(JAVA_INT, 0), info.get(JAVA_LONG, 8), count, tables);
            }
        }
    }

    /**
     * Has the kernel verify a program and run it for all processes of a cgroup and of those below it.
     *
     * @param cgroup the directory of a cgroup of v2
     * @param instructions eight bytes each
     */
    public static SocketProgram attach(Path cgroup, Event event, byte[] instructions) throws IOException {
        int program = event.load(instructions);
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

    /**
     * A program that another process has attached, and whose link this process was passed.
     *
     * @param link closed with this object, and by the caller if this fails
     * @param cgroup where it must be attached
     * @param instructions those that it must have
     * @param table the only table that it must use
     * @throws IOException if the link is anything else, or isn't attached any more
     */
    public static SocketProgram passed(int link, Path cgroup, Event event, byte[] instructions, KernelMap table)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(LINK_INFO, Long.BYTES);
            Bpf.describe(link, info);
            List<Long> seen =
                    List.of((long) info.get(JAVA_INT, 0), info.get(JAVA_LONG, 16), (long) info.get(JAVA_INT, 24));
            // the kernel's number of a cgroup is its directory's inode, and 0 in the link if the link was detached
            List<Long> wanted = List.of(
                    (long) LINK_TYPE_CGROUP, (long) Files.getAttribute(cgroup, "unix:ino"), (long) event.attachType);
            if (!seen.equals(wanted)) {
                throw new IOException("the link is of the kind " + seen + ", not " + wanted);
            }
            Loaded running = loaded(Bpf.program(info.get(JAVA_INT, 8)));
            Loaded expected = loaded(event.load(instructions));
            if (!running.equals(expected) || !running.tables().equals(List.of(table.id()))) {
                throw new IOException("another program is attached");
            }
        }
        return new SocketProgram(link);
    }

    private static Loaded loaded(int program) throws IOException {
        try {
            return Loaded.of(program);
        } finally {
            Libc.close(program);
        }
    }

    /** The descriptor of its attachment. */
    public int descriptor() {
        return link;
    }

    @Override
    public void close() {
        Libc.close(link);
    }
}
