package io.mesosiam.agent;

import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.metrics.MetricSource;
import io.mesosiam.line.LogQueue;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** Writes the log through a {@link LogQueue}, so that no request waits for the program that reads the log. */
final class QueuedLog extends Handler implements MetricSource {
    private final LogQueue<LogRecord> queue = new LogQueue<>(this::write);
    private final OutputStream out;
    private final Duration longestFlush;

    /**
     * Creates a log that is written to a stream.
     *
     * @param longestFlush how long {@link #flush} waits for a stream that takes nothing
     */
    QueuedLog(OutputStream out, Formatter lines, Duration longestFlush) {
        this.out = out;
        this.longestFlush = longestFlush;
        setFormatter(lines);
        queue.start();
    }

    @Override
    public void publish(LogRecord line) {
        if (isLoggable(line)) {
            queue.add(line);
        }
    }

    /** One system call for all of them. */
    private void write(List<LogRecord> lines, long dropped, long total) throws IOException {
        StringBuilder text = new StringBuilder(lines.size() * 256);
        if (dropped > 0) {
            text.append(getFormatter().format(droppedLine(dropped, total)));
        }
        lines.forEach(line -> text.append(getFormatter().format(line)));
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static LogRecord droppedLine(long dropped, long total) {
        LogRecord line = new LogRecord(Level.WARNING, LogQueue.droppedLine(dropped, total));
        line.setLoggerName(QueuedLog.class.getName());
        return line;
    }

    /** Waits until the lines so far are written, for a bounded time. */
    @Override
    public void flush() {
        boolean _ = queue.flush(longestFlush);
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
                .sample(queue.dropped());
    }
}
