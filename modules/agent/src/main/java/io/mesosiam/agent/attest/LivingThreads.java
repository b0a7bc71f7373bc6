package io.mesosiam.agent.attest;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds the directory in {@code /proc} that has the facts about a process whose first thread may have ended. Such a
 * process is alive as long as one of its other threads is, but {@code /proc/PID} belongs to the first thread: it has no
 * namespaces and no descriptors, and on cgroups v1 it is in the root's cgroup. The facts are then in
 * {@code /proc/PID/task/TID} of a living thread.
 *
 * <p>A process stays in this state after its first thread called pthread_exit(3), and is briefly in it each time that
 * another thread calls execve(2): the kernel ends all other threads, and the remaining one gets the id and start time
 * of the first.
 */
final class LivingThreads {
    /** One execve(2) changes the result at most once, and takes longer than one attempt. */
    private static final int ATTEMPTS = 5;

    /**
     * The most threads that are examined in one process. A tracer can keep threads that have ended from being released.
     */
    private static final int MAX_THREADS = 256;

    private final Path proc;

    LivingThreads(Path proc) {
        this.proc = proc;
    }

    /** The result of a search for a living thread. */
    private sealed interface Search {
        /**
         * A living thread.
         *
         * @param directory {@code /proc/PID} for the first thread, else {@code /proc/PID/task/TID}
         */
        record Found(Path directory) implements Search {}

        /** The process has no living thread. */
        record Ended() implements Search {}

        /** Threads changed during the search. */
        record Changed() implements Search {}
    }

    /** The directory of a process's first thread. */
    Path first(long pid) {
        return proc.resolve(Long.toString(pid));
    }

    /**
     * The first thread's {@code stat}, if the process is alive. Parent and start are the same for all its threads.
     * Empty if the process has ended, even if its parent has not yet waited for it.
     */
    Optional<ProcessStat> stat(long pid) {
        for (int i = 0; i < ATTEMPTS; i++) {
            Optional<ProcessStat> stat = statAt(first(pid));
            if (stat.isEmpty() || stat.get().alive()) {
                return stat;
            }
            switch (search(pid)) {
                case Search.Found _ -> {
                    // the same start before and after: the thread does not belong to a later process with this pid
                    if (haveSameStart(stat, statAt(first(pid)))) {
                        return stat;
                    }
                }
                case Search.Ended _ -> {
                    return Optional.empty();
                }
                case Search.Changed _ -> {}
            }
        }
        return Optional.empty();
    }

    private static boolean haveSameStart(Optional<ProcessStat> before, Optional<ProcessStat> after) {
        return before.map(ProcessStat::startTicks).equals(after.map(ProcessStat::startTicks));
    }

    /**
     * Reads a fact that a thread loses when it ends: from the first thread, or from another living thread if the first
     * has lost it.
     */
    <T> Optional<T> read(long pid, Function<Path, Optional<T>> fact) {
        return fact.apply(first(pid)).or(() -> readOfLiving(pid, fact));
    }

    /**
     * Reads a fact that is wrong for a thread that has ended: only from a thread that is alive before and after the
     * read.
     */
    <T> Optional<T> readOfLiving(long pid, Function<Path, Optional<T>> fact) {
        for (int i = 0; i < ATTEMPTS; i++) {
            switch (search(pid)) {
                case Search.Found(Path directory) -> {
                    Optional<T> value = fact.apply(directory);
                    if (isLiving(directory)) {
                        return value;
                    }
                }
                case Search.Ended _ -> {
                    return Optional.empty();
                }
                case Search.Changed _ -> {}
            }
        }
        return Optional.empty();
    }

    private Search search(long pid) {
        Path first = first(pid);
        if (isLiving(first)) {
            return new Search.Found(first);
        }
        int others = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(first.resolve("task"))) {
            for (Path thread : threads) {
                if (!thread.endsWith(Long.toString(pid)) && ++others <= MAX_THREADS && isLiving(thread)) {
                    return new Search.Found(thread);
                }
            }
        } catch (IOException | DirectoryIteratorException ended) {
            return new Search.Ended();
        }
        if (others > 0) {
            return new Search.Changed();
        }
        // the last other thread may have become the first one during the search
        return isLiving(first) ? new Search.Found(first) : new Search.Ended();
    }

    private static boolean isLiving(Path thread) {
        return statAt(thread).filter(ProcessStat::hasFacts).isPresent();
    }

    private static Optional<ProcessStat> statAt(Path thread) {
        try {
            return ProcessStat.parse(KernelFile.read(thread.resolve("stat")));
        } catch (IOException ended) {
            return Optional.empty();
        }
    }
}
