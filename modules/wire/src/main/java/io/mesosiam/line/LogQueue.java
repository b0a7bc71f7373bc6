package io.mesosiam.line;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes a log on a thread of its own, so that no other thread waits for the program that reads the log. A bounded number
 * of lines can wait. Further ones are dropped and counted, and a later line states their number
 * (docs/decisions/0076-the-log-has-a-queue.md).
 *
 * <p>Lines are collected for 20 ms and written together: no wake-up of the thread for each.
 *
 * @param <L> a line
 */
public final class LogQueue<L> {
    /** The most lines that can wait: 3 MiB of audit lines. */
    public static final int LINES = 4096;

    /** The most lines of one write. */
    private static final int WRITTEN_AT_ONCE = 256;

    private static final long PAUSE = Duration.ofMillis(20).toNanos();
    private static final long POLL = Duration.ofMillis(1).toNanos();

    private final BlockingQueue<L> queue = new ArrayBlockingQueue<>(LINES);

    /** The lines that are queued or being written. */
    private final AtomicInteger waiting = new AtomicInteger();

    private final LongAdder dropped = new LongAdder();
    private final Writer<L> writer;
    private final Thread thread =
            Thread.ofPlatform().name("mesos-iam-log").daemon().unstarted(this::write);
    private volatile boolean flushing;

    /** How many of the dropped lines a line in the log has stated. Used by the thread only. */
    private long reported;

    /**
     * Writes lines to the log.
     *
     * @param <L> a line
     */
    @FunctionalInterface
    public interface Writer<L> {
        /**
         * Writes lines, and before them, if some were dropped, {@link LogQueue#droppedLine}.
         *
         * @param dropped the number of lines that were dropped since the lines before these
         * @param total the number of lines that were dropped so far
         * @throws IOException if the lines could not be written: they are counted as dropped
         */
        void write(List<L> lines, long dropped, long total) throws IOException;
    }

    /** The line that states how many were dropped. */
    public static String droppedLine(long dropped, long total) {
        return "log lines dropped since the line before lines=" + dropped + " total=" + total;
    }

    /** Creates an empty queue. */
    public LogQueue(Writer<L> writer) {
        this.writer = writer;
    }

    /** Starts the thread. Lines that were added before are written then. */
    public void start() {
        thread.start();
    }

    /** Adds a line, or drops it if the queue is full. Never waits. */
    public void add(L line) {
        waiting.incrementAndGet();
        if (!queue.offer(line)) {
            waiting.decrementAndGet();
            dropped.increment();
        }
    }

    /** The number of lines that were dropped so far. */
    public long dropped() {
        return dropped.sum();
    }

    /**
     * Waits until the lines so far are written.
     *
     * @param longest how long it waits if the log is not read
     * @return whether all of them are written
     */
    public boolean flush(Duration longest) {
        flushing = true;
        long end = System.nanoTime() + longest.toNanos();
        while (waiting.get() > 0 && System.nanoTime() - end < 0) {
            LockSupport.unpark(thread);
            LockSupport.parkNanos(POLL);
        }
        flushing = false;
        return waiting.get() == 0;
    }

    private void write() {
        List<L> lines = new ArrayList<>(WRITTEN_AT_ONCE);
        while (true) {
            try {
                lines.add(queue.take());
                queue.drainTo(lines, WRITTEN_AT_ONCE - 1);
                long total = dropped.sum();
                writer.write(lines, total - reported, total);
                reported = total;
            } catch (InterruptedException | IOException | RuntimeException | Error e) {
                // this is the log itself: there is no other place to report it
                dropped.add(lines.size());
            } finally {
                waiting.addAndGet(-lines.size());
                lines.clear();
            }
            if (queue.size() < WRITTEN_AT_ONCE && !flushing) {
                LockSupport.parkNanos(PAUSE);
            }
        }
    }
}
