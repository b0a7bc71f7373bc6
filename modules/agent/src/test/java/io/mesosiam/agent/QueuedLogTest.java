package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.line.LogQueue;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QueuedLogTest {
    private static final Duration LONG = TimeLimit.seconds(20);

    /** A pipe whose reader takes nothing until the test releases it. */
    private static final class Pipe extends OutputStream {
        final Semaphore begun = new Semaphore(0);
        final Semaphore read = new Semaphore(0);
        private final ByteArrayOutputStream text = new ByteArrayOutputStream();

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            begun.release();
            read.acquireUninterruptibly();
            synchronized (this) {
                text.write(bytes, from, length);
            }
        }

        synchronized List<String> lines() {
            return text.toString(StandardCharsets.UTF_8).lines().toList();
        }
    }

    private final Pipe pipe = new Pipe();

    @Test
    void linesAreWrittenInOrder() {
        pipe.read.release(Integer.MAX_VALUE);
        QueuedLog log = log(LONG);
        IntStream.range(0, 1000).forEach(i -> log.publish(line("line " + i)));

        log.flush();

        assertThat(pipe.lines()).hasSize(1000);
        assertThat(pipe.lines().getFirst()).endsWith(" line 0");
        assertThat(pipe.lines().getLast()).endsWith(" line 999");
    }

    @Test
    void linesThatDoNotFitAreDroppedCountedAndStatedAfterwards() {
        QueuedLog log = log(LONG);
        log.publish(line("first"));
        pipe.begun.acquireUninterruptibly();
        IntStream.range(0, LogQueue.LINES + 7).forEach(i -> log.publish(line("line " + i)));

        assertThat(metrics(log)).contains("mesosiam_agent_log_lines_dropped_total 7\n");

        pipe.read.release(Integer.MAX_VALUE);
        log.flush();

        assertThat(pipe.lines()).hasSize(1 + 1 + LogQueue.LINES);
        assertThat(pipe.lines().get(1)).endsWith(" log lines dropped since the line before lines=7 total=7");
        assertThat(pipe.lines().getLast()).endsWith(" line " + (LogQueue.LINES - 1));
    }

    @Test
    void dropsAreStatedOnce() {
        QueuedLog log = log(LONG);
        log.publish(line("first"));
        pipe.begun.acquireUninterruptibly();
        IntStream.range(0, LogQueue.LINES + 7).forEach(i -> log.publish(line("line " + i)));
        pipe.read.release(Integer.MAX_VALUE);
        log.flush();
        log.publish(line("later"));
        log.flush();

        assertThat(pipe.lines())
                .filteredOn(line -> line.contains("log lines dropped"))
                .hasSize(1);
        assertThat(pipe.lines().getLast()).endsWith(" later");
    }

    @Test
    void flushEndsAlthoughNothingIsRead() {
        QueuedLog log = log(Duration.ofMillis(1));
        log.publish(line("first"));

        log.flush();

        assertThat(pipe.lines()).isEmpty();
        pipe.read.release(Integer.MAX_VALUE);
    }

    @Test
    void linesBelowTheLevelAreNotWritten() {
        pipe.read.release(Integer.MAX_VALUE);
        QueuedLog log = log(LONG);
        log.setLevel(Level.WARNING);
        log.publish(line("quiet"));
        log.flush();

        assertThat(pipe.lines()).isEmpty();
    }

    private QueuedLog log(Duration longestFlush) {
        return new QueuedLog(pipe, new AgentLog.Line(), longestFlush);
    }

    private static String metrics(QueuedLog log) {
        Exposition exposition = new Exposition();
        log.expose(exposition);
        return exposition.toString();
    }

    private static LogRecord line(String message) {
        LogRecord line = new LogRecord(Level.INFO, message);
        line.setLoggerName("io.mesosiam.agent.audit");
        return line;
    }
}
