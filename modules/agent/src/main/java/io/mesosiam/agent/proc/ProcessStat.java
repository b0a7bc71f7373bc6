package io.mesosiam.agent.proc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The parsed {@code /proc/PID/stat} of a process (proc_pid_stat(5)).
 *
 * @param state field 3, of its first thread; {@code Z} and {@code X} are dead
 * @param parent field 4: the pid of the process that started it or, after that one's end, of one of its ancestors
 * @param startTicks field 22, clock ticks since the host's boot. Pids are reused, a pid with its start is not: all pids
 *     would have to be used up within one tick, 10 ms
 * @param exiting whether the thread is ending: a flag in field 9, which the kernel sets before it removes the thread's
 *     namespaces, descriptors and cgroup
 */
public record ProcessStat(char state, long parent, long startTicks, boolean exiting) {
    private static final int ATTEMPTS = 3;

    private static final int PARENT_FIELD = 4;
    private static final int FLAGS_FIELD = 9;
    private static final int START_FIELD = 22;

    /** {@code PF_EXITING} (linux/sched.h). */
    private static final long EXITING = 0x4;

    /**
     * Reads the file of a process or thread. Empty if it has ended and was released.
     *
     * @param thread {@code /proc/PID} or {@code /proc/PID/task/TID}
     * @throws UncheckedIOException if it is there and can't be read
     */
    public static Optional<ProcessStat> at(Path thread) {
        Path file = thread.resolve("stat");
        for (int i = 1; ; i++) {
            try {
                return parse(KernelFile.read(file));
            } catch (IOException e) {
                if (Files.notExists(file)) {
                    return Optional.empty();
                }
                // another process may have got the id in between. Too few descriptors must not look like an end, which
                // would end the container
                if (i == ATTEMPTS) {
                    throw new UncheckedIOException("can't read " + file, e);
                }
            }
        }
    }

    /**
     * Parses the one line. The process chooses the command's name, field 2: it may contain spaces, parentheses and line
     * ends, so the fields are counted from the last closing parenthesis.
     */
    static Optional<ProcessStat> parse(String stat) {
        int name = stat.lastIndexOf(") ");
        if (name < 0) {
            return Optional.empty();
        }
        String[] fields = stat.substring(name + 2).split(" ", -1);
        if (fields.length <= START_FIELD - 3 || fields[0].length() != 1) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ProcessStat(
                    fields[0].charAt(0),
                    Long.parseLong(fields[PARENT_FIELD - 3]),
                    Long.parseLong(fields[START_FIELD - 3]),
                    (Long.parseLong(fields[FLAGS_FIELD - 3]) & EXITING) != 0));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    public boolean alive() {
        return state != 'Z' && state != 'X' && state != 'x';
    }

    /** Whether the thread still has its namespaces, descriptors and cgroup. */
    boolean hasFacts() {
        return alive() && !exiting;
    }
}
