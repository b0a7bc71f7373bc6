package io.mesosiam.loglimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.mesosiam.mesos.TaskId;
import org.jboss.logging.MDC;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.formatters.JsonFormatter;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogLinesTest {
    private static final String HOSTILE = "x\"}\n{\"level\":\"ERROR\" code=OK % \u2028";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a|lease.issued taskId=a n=7 reason=\"a\" 100%",
                "a b|lease.issued taskId=\"a b\" n=7 reason=\"a b\" 100%",
                "a\" leaseId=\"b|lease.issued taskId=\"a' leaseId='b\" n=7 reason=\"a' leaseId='b\" 100%",
                "a\u2028WARN|lease.issued taskId=\"a?WARN\" n=7 reason=\"a?WARN\" 100%",
                "a\u009b31m|lease.issued taskId=a?31m n=7 reason=\"a?31m\" 100%"
            })
    void valueEndsWhereItSeemsToEnd(String task, String line) {
        assertThat(logged(
                        "io.mesosiam.lease.X", "%s taskId=%s n=%d reason=\"%s\" 100%%", "lease.issued", task, 7, task))
                .isEqualTo(line);
    }

    @Test
    void idsOfTasksAreTexts() {
        assertThat(logged("io.mesosiam.X", "lease.reaped taskId=%s", new TaskId("a b")))
                .isEqualTo("lease.reaped taskId=\"a b\"");
    }

    @Test
    void otherLibrariesRecordsAreUnchanged() {
        assertThat(logged("org.flywaydb.X", "a\n%s", "b\nc d")).isEqualTo("a\nb\nc d");
    }

    @Test
    void fieldsOfALogInJsonAreApartFromTheEvent() {
        ExtLogRecord event =
                record("io.mesosiam.X", "%s taskId=%s n=%d reason=\"%s\"", "lease.issued", "a b", 7, HOSTILE);
        assertThat(new LogLines(true).isLoggable(event)).isTrue();
        // the handler of a file logs the same record
        assertThat(new LogLines(true).isLoggable(event)).isTrue();

        assertThat(new PatternFormatter("%s").format(event)).isEqualTo("lease.issued");
        assertThat(event.getMdcCopy())
                .containsOnly(
                        entry("taskId", "a b"), entry("n", "7"), entry("reason", "x'}?{'level':'ERROR' code=OK % ?"));
        assertThat(new JsonFormatter().format(event)).hasLineCount(1).contains("\"reason\":\"x'}?{'level':");
    }

    @Test
    void otherLibrariesRecordsHaveNoFields() {
        ExtLogRecord event = record("org.flywaydb.X", "Migrating to version=%s", "42");
        assertThat(new LogLines(true).isLoggable(event)).isTrue();

        assertThat(new PatternFormatter("%s").format(event)).isEqualTo("Migrating to version=42");
        assertThat(event.getMdcCopy()).isEmpty();
    }

    @Test
    void lineOfARequestHasItsIdOnce() {
        MDC.put(LogLines.REQUEST, "r1");
        try {
            assertThat(logged("io.mesosiam.X", "controller drained streams=%d", 7))
                    .isEqualTo("controller drained streams=7 requestId=r1");
            assertThat(logged("io.mesosiam.X", "request failed requestId=%s", "r1"))
                    .isEqualTo("request failed requestId=r1");
            assertThat(logged("io.mesosiam.X", "100 % done")).isEqualTo("100 % done requestId=r1");
            assertThat(logged("org.flywaydb.X", "done")).isEqualTo("done");
        } finally {
            MDC.remove(LogLines.REQUEST);
        }
    }

    private static String logged(String logger, String format, Object... values) {
        ExtLogRecord event = record(logger, format, values);
        assertThat(new LogLines(false).isLoggable(event)).isTrue();
        return new PatternFormatter("%s").format(event);
    }

    private static ExtLogRecord record(String logger, String format, Object... values) {
        ExtLogRecord event = new ExtLogRecord(
                Level.INFO,
                format,
                values.length == 0 ? FormatStyle.NO_FORMAT : FormatStyle.PRINTF,
                LogLinesTest.class.getName());
        event.setLoggerName(logger);
        event.setParameters(values);
        return event;
    }
}
