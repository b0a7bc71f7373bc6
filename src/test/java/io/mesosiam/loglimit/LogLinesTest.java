package io.mesosiam.loglimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.TaskId;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogLinesTest {
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

    private static String logged(String logger, String format, Object... values) {
        ExtLogRecord event = new ExtLogRecord(Level.INFO, format, FormatStyle.PRINTF, LogLinesTest.class.getName());
        event.setLoggerName(logger);
        event.setParameters(values);
        assertThat(new LogLines().isLoggable(event)).isTrue();
        return new PatternFormatter("%s").format(event);
    }
}
