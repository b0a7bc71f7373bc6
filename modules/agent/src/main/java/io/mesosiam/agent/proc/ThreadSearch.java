package io.mesosiam.agent.proc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Searches the threads of processes whose first thread has ended for a living one. A tracer can keep any number of
 * ended threads from being released, so one search reads at most {@value #MAX_READ} threads, and the next one of the
 * same process continues after them.
 *
 * <p>The kernel lists threads in the order of their creation, and a thread that has ended never lives again. So all
 * threads of a process have ended if none was alive when it was read, from the first to the last of the list, however
 * many searches that took. A list can lack a thread if others are released while it is read; therefore a list that
 * takes several searches is read twice.
 */
final class ThreadSearch {
    static final int MAX_READ = 256;

    /** The most threads of a process that are listed. Those after them are not found. */
    private static final int MAX_LISTED = 16_384;

    /** The newest threads, which are the most likely to live, are read by each search. */
    private static final int NEWEST = 16;

    private static final int PASSES = 2;

    /** The most processes whose progress is remembered. Beyond it, the least recently searched one starts again. */
    private static final int MAX_PROCESSES = 1024;

    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<Key, Progress> progress = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Progress> eldest) {
            return size() > MAX_PROCESSES;
        }
    };

    private record Key(long pid, long startTicks) {}

    /**
     * What earlier searches of a process have read.
     *
     * @param living the thread that was last found alive; 0 if it has ended
     * @param readTo this thread and all before it in the list have ended; 0 for none
     * @param passes how often the whole list was read since then without finding a living thread
     */
    private record Progress(long living, long readTo, int passes) {
        static final Progress NONE = new Progress(0, 0, 0);

        Progress found(long thread, long endedTo) {
            return new Progress(thread, endedTo, 0);
        }

        Progress readTo(long thread) {
            return new Progress(0, thread, passes);
        }

        Progress pass() {
            return new Progress(0, 0, Math.min(passes + 1, PASSES));
        }

        Result result() {
            return passes >= PASSES ? new Result.Ended() : new Result.Unfinished();
        }
    }

    /** The result of one search. */
    sealed interface Result {
        /** A living thread. */
        record Found(Path directory) implements Result {}

        /** The process has no living thread. */
        record Ended() implements Result {}

        /** Threads may have changed during the search, or since the one before it. */
        record Changed() implements Result {}

        /** Further threads have not been read. */
        record Unfinished() implements Result {}
    }

    /**
     * Searches the threads other than the first one.
     *
     * @param first the directory of the first thread, which has ended
     * @param startTicks the start of the process
     */
    Result among(Path first, long pid, long startTicks) {
        Key process = new Key(pid, startTicks);
        Progress before = progressOf(process);
        Path threads = first.resolve("task");
        if (before.living() > 0) {
            Path last = threads.resolve(Long.toString(before.living()));
            if (isLiving(last)) {
                return new Result.Found(last);
            }
        }
        try (DirectoryStream<Path> listed = Files.newDirectoryStream(threads)) {
            return new OneSearch(process, before, Long.toString(pid)).in(listed);
        } catch (IOException | DirectoryIteratorException e) {
            if (ProcessStat.at(first)
                    .filter(stat -> stat.startTicks() == startTicks)
                    .isPresent()) {
                throw new UncheckedIOException(
                        "can't list " + threads, e instanceof IOException io ? io : new IOException(e));
            }
            return new Result.Ended();
        }
    }

    /** One search through a process's list of threads. */
    private final class OneSearch {
        private final Key process;
        private final Progress before;
        private final String firstThread;
        private final Deque<Path> newest = new ArrayDeque<>(NEWEST);
        private long endedTo;
        private int read;
        private boolean gap;
        private boolean more;

        OneSearch(Key process, Progress before, String firstThread) {
            this.process = process;
            this.before = before;
            this.firstThread = firstThread;
            this.endedTo = before.readTo();
        }

        Result in(DirectoryStream<Path> listed) {
            boolean skipping = before.readTo() > 0;
            int others = 0;
            for (Path thread : listed) {
                if (thread.endsWith(firstThread)) {
                    continue;
                }
                if (++others > MAX_LISTED) {
                    more = true;
                    break;
                }
                if (skipping) {
                    skipping = numberOf(thread) != before.readTo();
                } else if (read == MAX_READ) {
                    postpone(thread);
                } else if (isFound(thread)) {
                    return new Result.Found(thread);
                }
            }
            for (Path thread : newest) {
                if (isLiving(thread)) {
                    remember(process, before.found(numberOf(thread), endedTo));
                    return new Result.Found(thread);
                }
            }
            if (others == 0) {
                return new Result.Ended();
            }
            // a thread that was released has no place in the list, from which the search could continue
            boolean lost = skipping;
            return lost || others <= MAX_READ ? startAgain() : withoutLiving();
        }

        private void postpone(Path thread) {
            more = true;
            newest.addLast(thread);
            if (newest.size() > NEWEST) {
                newest.removeFirst();
            }
        }

        private boolean isFound(Path thread) {
            read++;
            Optional<ProcessStat> stat = ProcessStat.at(thread);
            if (stat.filter(ProcessStat::hasFacts).isPresent()) {
                remember(process, before.found(numberOf(thread), endedTo));
                return true;
            }
            // a thread that can't be read may be alive
            gap |= stat.isEmpty();
            endedTo = gap ? endedTo : numberOf(thread);
            return false;
        }

        /** The caller repeats a search of a list that one search can read as a whole. */
        private Result startAgain() {
            remember(process, before.readTo(0));
            return new Result.Changed();
        }

        private Result withoutLiving() {
            return remember(process, more || gap ? before.readTo(endedTo) : before.pass())
                    .result();
        }
    }

    private Progress progressOf(Key process) {
        lock.lock();
        try {
            return progress.getOrDefault(process, Progress.NONE);
        } finally {
            lock.unlock();
        }
    }

    private Progress remember(Key process, Progress now) {
        lock.lock();
        try {
            progress.put(process, now);
            return now;
        } finally {
            lock.unlock();
        }
    }

    static boolean isLiving(Path thread) {
        return ProcessStat.at(thread).filter(ProcessStat::hasFacts).isPresent();
    }

    private static long numberOf(Path thread) {
        return Long.parseLong(thread.getFileName().toString());
    }
}
