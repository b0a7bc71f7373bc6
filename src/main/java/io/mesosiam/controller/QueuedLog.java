package io.mesosiam.controller;

import io.mesosiam.line.LogQueue;
import java.time.Duration;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;

/**
 * A {@link LogQueue} in front of the log's handlers, so that no thread, and no lock that it holds, waits for the program that
 * reads the log. The handlers of the console, the file and the syslog keep their levels, filters and formats
 * (docs/decisions/0114-the-controllers-log-has-a-queue.md).
 */
final class QueuedLog extends ExtHandler {
    private static final Duration LONGEST_FLUSH = Duration.ofSeconds(2);

    private final LogQueue<ExtLogRecord> queue = new LogQueue<>(this::write);
    private final Duration longestFlush;

    /** @param longestFlush how long {@link #flush} waits for handlers that don't end */
    QueuedLog(Handler[] handlers, Duration longestFlush) {
        this.longestFlush = longestFlush;
        setHandlers(handlers);
        queue.start();
    }

    /** Puts a queue in front of the handlers that Quarkus has made, which are all within one handler of the root logger. */
    static QueuedLog install() {
        if (!(Logger.getLogger("").getHandlers()[0] instanceof ExtHandler all)) {
            throw new IllegalStateException("the root logger has no handler of Quarkus");
        }
        QueuedLog queued = new QueuedLog(all.getHandlers(), LONGEST_FLUSH);
        all.setHandlers(new Handler[] {queued});
        return queued;
    }

    /** Waits until the lines so far are written, for a bounded time. */
    static void flushAll() {
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            handler.flush();
        }
    }

    /** The number of lines that were dropped so far. */
    long dropped() {
        return queue.dropped();
    }

    @Override
    protected void doPublish(ExtLogRecord line) {
        // the thread that writes has neither the stack nor the request of this one
        if (isCallerCalculationRequired()) {
            line.copyAll();
        } else {
            line.disableCallerCalculation();
            line.copyMdc();
        }
        queue.add(line);
    }

    private void write(List<ExtLogRecord> lines, long dropped, long total) {
        if (dropped > 0) {
            publishToNestedHandlers(droppedLine(dropped, total));
        }
        lines.forEach(this::publishToNestedHandlers);
    }

    private static ExtLogRecord droppedLine(long dropped, long total) {
        ExtLogRecord line = new ExtLogRecord(
                Level.WARNING, LogQueue.droppedLine(dropped, total), FormatStyle.NO_FORMAT, QueuedLog.class.getName());
        line.setLoggerName(QueuedLog.class.getName());
        return line;
    }

    @Override
    public void flush() {
        boolean _ = queue.flush(longestFlush);
    }

    /** Closes the handlers if they have written the lines so far: otherwise that would wait for the reader of the log. */
    @Override
    public void close() {
        if (queue.flush(longestFlush)) {
            super.close();
        }
    }
}
