package io.mesosiam.agent.attest;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where {@code /proc} tells about a process whose first thread may have ended. Such a process lives as long as one of its other threads
 * does, but {@code /proc/PID} is the first thread's: without namespaces, without descriptors, and on cgroups v1 in the root's group.
 * Then {@code /proc/PID/task/TID} of a living thread has the facts.
 *
 * <p>A process is in this state for good after its first thread called pthread_exit(3), and for a moment each time that another thread
 * calls execve(2): the kernel ends all other threads, and gives the one that is left the first one's id and start time.
 */
final class LivingThreads {
    /** One execve(2) changes what is read at most once, and takes longer than one attempt. */
    private static final int ATTEMPTS = 5;

    /** Bounds the work that threads which ended and are not released, as a tracer can keep them, cause for one process. */
    private static final int MOST_THREADS = 256;

    private final Path proc;

    LivingThreads(Path proc) {
        this.proc = proc;
    }

    /** What a search for a living thread came to. */
    private sealed interface Search {
        /**
         * A thread that lives.
         *
         * @param directory {@code /proc/PID} for the first thread, else {@code /proc/PID/task/TID}
         */
        record Found(Path directory) implements Search {}

        /** The process has no thread that lives. */
        record Ended() implements Search {}

        /** Threads changed during the search. */
        record Changed() implements Search {}
    }

    Path first(long pid) {
        return proc.resolve(Long.toString(pid));
    }

    /**
     * What the first thread says of a process that lives: parent and start are the same for all its threads. Empty if the process has
     * ended, even if nothing has waited for it yet.
     */
    Optional<ProcessStat> stat(long pid) {
        for (int i = 0; i < ATTEMPTS; i++) {
            Optional<ProcessStat> stat = statAt(first(pid));
            if (stat.isEmpty() || stat.get().alive()) {
                return stat;
            }
            switch (search(pid)) {
                case Search.Found _ -> {
                    // the same start before and after: the thread is not one of a later process with this pid
                    if (startsAlike(stat, statAt(first(pid)))) {
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

    private static boolean startsAlike(Optional<ProcessStat> before, Optional<ProcessStat> after) {
        return before.map(ProcessStat::startTicks).equals(after.map(ProcessStat::startTicks));
    }

    /** Reads what the first thread has until it ends: if it doesn't have it any more, from another thread that lives. */
    <T> Optional<T> read(long pid, Function<Path, Optional<T>> fact) {
        return fact.apply(first(pid)).or(() -> readOfLiving(pid, fact));
    }

    /** Reads what a thread that has ended tells wrongly: only from one that lives before and after. */
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
                if (!thread.endsWith(Long.toString(pid)) && ++others <= MOST_THREADS && isLiving(thread)) {
                    return new Search.Found(thread);
                }
            }
        } catch (IOException | DirectoryIteratorException ended) {
            return new Search.Ended();
        }
        if (others > 0) {
            return new Search.Changed();
        }
        // the last other thread may have become the first one in the meantime
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
