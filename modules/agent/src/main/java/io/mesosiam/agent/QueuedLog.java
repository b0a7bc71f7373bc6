package io.mesosiam.agent;

import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.metrics.MetricSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * Writes the log on a thread of its own, so that no request waits for the program that reads the log. A bounded number of
 * lines can wait. Further ones are dropped and counted, and a later line states their number
 * (docs/decisions/0076-the-log-has-a-queue.md).
 *
 * <p>Lines are collected for {@link #PAUSE} and written together: one system call, and no wake-up of the thread for each.
 */
final class QueuedLog extends Handler implements MetricSource {
    /** The most lines that can wait: 3 MiB of audit lines. */
    static final int LINES = 4096;

    /** The most lines of one write. */
    private static final int WRITTEN_AT_ONCE = 256;

    private static final long PAUSE = Duration.ofMillis(20).toNanos();
    private static final long POLL = Duration.ofMillis(1).toNanos();

    private final BlockingQueue<LogRecord> queue = new ArrayBlockingQueue<>(LINES);

    /** The lines that are queued or being written. */
    private final AtomicInteger waiting = new AtomicInteger();

    private final LongAdder dropped = new LongAdder();
    private final OutputStream out;
    private final Duration longestFlush;
    private final Thread writer =
            Thread.ofPlatform().name("mesos-iam-log").daemon().unstarted(this::write);
    private volatile boolean flushing;

    /** How many of the dropped lines a line in the log has stated. Used by the writer only. */
    private long reported;

    /**
     * Creates a log that is written to a stream.
     *
     * @param longestFlush how long {@link #flush} waits for a stream that takes nothing
     */
    QueuedLog(OutputStream out, Formatter lines, Duration longestFlush) {
        this.out = out;
        this.longestFlush = longestFlush;
        setFormatter(lines);
        writer.start();
    }

    @Override
    public void publish(LogRecord line) {
        if (isLoggable(line)) {
            waiting.incrementAndGet();
            if (!queue.offer(line)) {
                waiting.decrementAndGet();
                dropped.increment();
            }
        }
    }

    private void write() {
        List<LogRecord> lines = new ArrayList<>(WRITTEN_AT_ONCE);
        while (true) {
            try {
                lines.add(queue.take());
                queue.drainTo(lines, WRITTEN_AT_ONCE - 1);
                write(lines);
            } catch (InterruptedException | IOException | RuntimeException e) {
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

    private void write(List<LogRecord> lines) throws IOException {
        long now = dropped.sum();
        StringBuilder text = new StringBuilder(lines.size() * 256);
        if (now > reported) {
            text.append(getFormatter().format(droppedLine(now)));
        }
        lines.forEach(line -> text.append(getFormatter().format(line)));
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
        reported = now;
    }

    private LogRecord droppedLine(long now) {
        LogRecord line = new LogRecord(
                Level.WARNING, "log lines dropped since the line before lines={0,number,#} total={1,number,#}");
        line.setLoggerName(QueuedLog.class.getName());
        line.setParameters(new Object[] {now - reported, now});
        return line;
    }

    /** Waits until the lines so far are written, for a bounded time. */
    @Override
    public void flush() {
        flushing = true;
        long end = System.nanoTime() + longestFlush.toNanos();
        while (waiting.get() > 0 && System.nanoTime() - end < 0) {
            LockSupport.unpark(writer);
            LockSupport.parkNanos(POLL);
        }
        flushing = false;
    }

    /** Writes the lines so far. Later ones are written too, as long as the process runs. */
    @Override
    public void close() {
        flush();
    }

    @Override
    public void expose(Exposition exposition) {
        exposition
                .counter(
                        "mesosiam_agent_log_lines_dropped_total",
                        "Lines of the log, audit lines among them, that were dropped because they were not read in time.")
                .sample(dropped.sum());
    }
}
