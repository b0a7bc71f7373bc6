package io.mesosiam.agent.proc;

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
 *
 * <p>If a tracer keeps many ended threads from being released, it takes several searches to find a living one or to
 * establish that there is none ({@link ThreadSearch}). Until then it is not known whether the process has ended.
 */
final class LivingThreads {
    /** One execve(2) changes the result at most once, and takes longer than one attempt. */
    private static final int ATTEMPTS = 5;

    private final Path proc;
    private final ThreadSearch search = new ThreadSearch();

    LivingThreads(Path proc) {
        this.proc = proc;
    }

    /** Whether a process is alive. */
    sealed interface Life {
        /** A living process, with its first thread's stat. Parent and start are the same for all its threads. */
        record Alive(ProcessStat stat) implements Life {}

        /** There is no such process, or all its threads have ended, even if its parent has not yet waited for it. */
        record Ended() implements Life {}

        /** The first thread has ended, and not all the others have been read yet. */
        record NotKnown(ProcessStat stat) implements Life {}
    }

    /** What was read from a living thread. */
    sealed interface Fact<T> {
        record Known<T>(T fact) implements Fact<T> {}

        /** The process has ended or does not have the fact. */
        record Absent<T>() implements Fact<T> {}

        /** A living thread was not found, and not all threads have been read yet. */
        record NotKnown<T>() implements Fact<T> {}

        default Optional<T> value() {
            return this instanceof Known<T>(T fact) ? Optional.of(fact) : Optional.empty();
        }
    }

    /** The directory of a process's first thread. */
    Path first(long pid) {
        return proc.resolve(Long.toString(pid));
    }

    /** Whether a process is alive. */
    Life life(long pid) {
        Optional<ProcessStat> unfinished = Optional.empty();
        for (int i = 0; i < ATTEMPTS; i++) {
            Optional<ProcessStat> stat = ProcessStat.at(first(pid));
            if (stat.isEmpty()) {
                return new Life.Ended();
            }
            if (stat.get().alive()) {
                return new Life.Alive(stat.get());
            }
            switch (search(pid)) {
                case ThreadSearch.Result.Found _ -> {
                    // the same start before and after: the thread does not belong to a later process with this pid
                    if (haveSameStart(stat, ProcessStat.at(first(pid)))) {
                        return new Life.Alive(stat.get());
                    }
                }
                case ThreadSearch.Result.Ended _ -> {
                    return new Life.Ended();
                }
                case ThreadSearch.Result.Changed _ -> {}
                case ThreadSearch.Result.Unfinished _ -> unfinished = stat;
            }
        }
        return unfinished.<Life>map(Life.NotKnown::new).orElseGet(Life.Ended::new);
    }

    private static boolean haveSameStart(Optional<ProcessStat> before, Optional<ProcessStat> after) {
        return before.map(ProcessStat::startTicks).equals(after.map(ProcessStat::startTicks));
    }

    /**
     * Reads a fact that a thread loses when it ends: from the first thread, or from another living thread if the first
     * has lost it.
     */
    <T> Fact<T> read(long pid, Function<Path, Optional<T>> fact) {
        Optional<T> ofFirst = fact.apply(first(pid));
        return ofFirst.isPresent() ? new Fact.Known<>(ofFirst.get()) : readOfLiving(pid, fact);
    }

    /**
     * Reads a fact that is wrong for a thread that has ended: only from a thread that is alive before and after the
     * read. One search per fact, because a caller waits; {@link #life} repeats an unfinished one.
     */
    <T> Fact<T> readOfLiving(long pid, Function<Path, Optional<T>> fact) {
        for (int i = 0; i < ATTEMPTS; i++) {
            switch (search(pid)) {
                case ThreadSearch.Result.Found(Path directory) -> {
                    Optional<T> value = fact.apply(directory);
                    if (ThreadSearch.isLiving(directory)) {
                        return value.<Fact<T>>map(Fact.Known::new).orElseGet(Fact.Absent::new);
                    }
                }
                case ThreadSearch.Result.Ended _ -> {
                    return new Fact.Absent<>();
                }
                case ThreadSearch.Result.Changed _ -> {}
                case ThreadSearch.Result.Unfinished _ -> {
                    return new Fact.NotKnown<>();
                }
            }
        }
        return new Fact.Absent<>();
    }

    private ThreadSearch.Result search(long pid) {
        Path first = first(pid);
        Optional<ProcessStat> stat = ProcessStat.at(first);
        if (stat.isEmpty()) {
            return new ThreadSearch.Result.Ended();
        }
        if (stat.get().hasFacts()) {
            return new ThreadSearch.Result.Found(first);
        }
        ThreadSearch.Result others = search.among(first, pid, stat.get().startTicks());
        // the last other thread may have become the first one during the search
        return others instanceof ThreadSearch.Result.Ended && ThreadSearch.isLiving(first)
                ? new ThreadSearch.Result.Found(first)
                : others;
    }
}
