package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.line.LogQueue;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.stream.IntStream;
import org.jboss.logging.MDC;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.Test;

class QueuedLogTest {
    private static final Duration LONG = TimeLimit.seconds(20);
    private static final ExtFormatter TEXT = new PatternFormatter("%s");

    /** A console whose reader takes nothing until the test releases it. */
    private static final class Console extends ExtHandler {
        final Semaphore begun = new Semaphore(0);
        final Semaphore read = new Semaphore(0);
        final List<String> lines = new CopyOnWriteArrayList<>();
        final List<String> callers = new CopyOnWriteArrayList<>();
        volatile boolean closed;

        @Override
        protected void doPublish(ExtLogRecord line) {
            begun.release();
            read.acquireUninterruptibly();
            lines.add(TEXT.formatMessage(line) + " " + line.getMdc("requestId"));
            callers.add(String.valueOf(line.getSourceClassName()));
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** The caller of a line is the caller of the class that has made it. */
    private static final class SomeLogger {
        static void log(QueuedLog log) {
            log.publish(new ExtLogRecord(Level.INFO, "line", FormatStyle.NO_FORMAT, SomeLogger.class.getName()));
        }
    }

    private final Console console = new Console();

    @Test
    void linesAreWrittenInOrderWithTheirRequests() {
        console.read.release(Integer.MAX_VALUE);
        QueuedLog log = log(LONG);
        MDC.put("requestId", "r1");
        try {
            log.publish(line(1));
        } finally {
            MDC.remove("requestId");
        }
        IntStream.range(2, 1000).forEach(i -> log.publish(line(i)));

        log.close();

        assertThat(console.lines)
                .hasSize(999)
                .startsWith("line 1 r1", "line 2 null")
                .endsWith("line 999 null");
        assertThat(console.closed).isTrue();
    }

    @Test
    void linesThatDoNotFitAreDroppedCountedAndStatedOnceAfterwards() {
        QueuedLog log = log(LONG);
        log.publish(line(1));
        console.begun.acquireUninterruptibly();
        IntStream.range(0, LogQueue.LINES + 7).forEach(i -> log.publish(line(2 + i)));

        assertThat(log.dropped()).isEqualTo(7);

        console.read.release(Integer.MAX_VALUE);
        log.flush();
        log.publish(line(10_000));
        log.flush();

        assertThat(console.lines)
                .hasSize(1 + 1 + LogQueue.LINES + 1)
                .startsWith(
                        "line 1 null", "log lines dropped since the line before lines=7 total=7 null", "line 2 null")
                .endsWith("line " + (1 + LogQueue.LINES) + " null", "line 10000 null");
        assertThat(log.dropped()).isEqualTo(7);
    }

    @Test
    void closeEndsAlthoughNothingIsRead() {
        QueuedLog log = log(Duration.ofMillis(1));
        log.publish(line(1));

        log.close();

        assertThat(console.lines).isEmpty();
        assertThat(console.closed).isFalse();
        console.read.release(Integer.MAX_VALUE);
    }

    @Test
    void callersOfLinesAreThoseOfTheThreadsThatLogged() {
        console.read.release(Integer.MAX_VALUE);
        console.setFormatter(new PatternFormatter("%C.%M"));
        QueuedLog log = log(LONG);
        SomeLogger.log(log);
        log.flush();

        assertThat(console.callers).containsExactly(QueuedLogTest.class.getName());
    }

    @Test
    void handlersKeepTheirLevels() {
        console.read.release(Integer.MAX_VALUE);
        console.setLevel(Level.WARNING);
        QueuedLog log = log(LONG);
        log.publish(line(1));
        log.flush();

        assertThat(console.lines).isEmpty();
    }

    private QueuedLog log(Duration longestFlush) {
        return new QueuedLog(new Handler[] {console}, longestFlush);
    }

    private static ExtLogRecord line(int number) {
        ExtLogRecord line = new ExtLogRecord(Level.INFO, "line %d", FormatStyle.PRINTF, QueuedLogTest.class.getName());
        line.setLoggerName("io.mesosiam.controller.Some");
        line.setParameters(new Object[] {number});
        return line;
    }
}
