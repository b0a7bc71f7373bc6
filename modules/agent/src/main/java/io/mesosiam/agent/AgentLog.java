package io.mesosiam.agent;

import io.mesosiam.agent.config.AgentConfig;
import io.mesosiam.line.LogValue;
import io.mesosiam.line.OneLine;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Configures the JDK's logging: one line for each event on standard error, which begins with the time. */
final class AgentLog {
    /** The root logger. The strong reference keeps its level from being garbage collected. */
    private static final Logger ROOT = Logger.getLogger("");

    private static final Duration LONGEST_FLUSH = Duration.ofSeconds(2);

    private AgentLog() {}

    /** Sets the format. Call it before anything is logged. */
    static void format(boolean json) {
        for (var handler : ROOT.getHandlers()) {
            handler.setFormatter(lines(json));
        }
    }

    private static Formatter lines(boolean json) {
        return json ? new JsonLine() : new Line();
    }

    /** Writes on a thread of its own from now on. Call it before {@link #level}. */
    static QueuedLog queue(boolean json) {
        QueuedLog queued = new QueuedLog(new FileOutputStream(FileDescriptor.err), lines(json), LONGEST_FLUSH);
        for (var handler : ROOT.getHandlers()) {
            ROOT.removeHandler(handler);
        }
        ROOT.addHandler(queued);
        return queued;
    }

    static void level(AgentConfig.LogLevel level) {
        Level to =
                switch (level) {
                    case DEBUG -> Level.FINE;
                    case INFO -> Level.INFO;
                    case WARNING -> Level.WARNING;
                    case ERROR -> Level.SEVERE;
                };
        ROOT.setLevel(to);
        for (var handler : ROOT.getHandlers()) {
            handler.setLevel(to);
        }
    }

    /**
     * {@code 2026-01-02T03:04:05.678Z INFO io.mesosiam.agent.audit credentials served containerId=…}, the same format
     * as the controller's. The JDK's own formatter looks up the calling method of each event even if the format has no
     * place for it. That costs more than the attestation of a request.
     */
    static class Line extends Formatter {
        static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX");

        /** A parameter that is the value of a key in the message's pattern, which may have the quotes itself. */
        private static final Pattern VALUE = Pattern.compile("=(\"?)\\{([0-9]{1,2})\\}");

        final ZoneId zone = ZoneId.systemDefault();

        @Override
        public String format(LogRecord event) {
            StringBuilder line = new StringBuilder(256);
            TIME.formatTo(event.getInstant().atZone(zone), line);
            line.append(' ').append(levelName(event.getLevel())).append(' ').append(event.getLoggerName());
            line.append(' ').append(text(event));
            trace(event.getThrown(), line);
            return line.append('\n').toString();
        }

        /** The event with its keys and values, on one line. */
        final String text(LogRecord event) {
            return oneLine(message(event));
        }

        /**
         * Fills the parameters in. A value of {@code key=} that has blanks or quotes is put in quotes, and quotes of a value
         * within quotes are replaced by {@code '}, so that its end is clear.
         */
        private String message(LogRecord event) {
            Object[] given = event.getParameters();
            if (given == null || given.length == 0) {
                return formatMessage(event);
            }
            Object[] quoted = given.clone();
            VALUE.matcher(event.getMessage()).results().forEach(value -> {
                int index = Integer.parseInt(value.group(2));
                if (index < quoted.length && given[index] != null) {
                    quoted[index] = value.group(1).isEmpty()
                            ? LogValue.quoted(given[index])
                            : LogValue.inQuotes(given[index].toString());
                }
            });
            LogRecord copy = new LogRecord(event.getLevel(), event.getMessage());
            copy.setResourceBundle(event.getResourceBundle());
            copy.setParameters(quoted);
            return formatMessage(copy);
        }

        /** The controller's names of the levels. */
        static String levelName(Level level) {
            int value = level.intValue();
            if (value >= Level.SEVERE.intValue()) {
                return "ERROR";
            }
            if (value >= Level.WARNING.intValue()) {
                return "WARN";
            }
            return value >= Level.INFO.intValue() ? "INFO" : "DEBUG";
        }

        /** Replaces control characters, so that quoted text can't look like another event. */
        private static String oneLine(String message) {
            return OneLine.marked(message);
        }

        private static void trace(@Nullable Throwable thrown, StringBuilder line) {
            if (thrown != null) {
                StringWriter trace = new StringWriter();
                thrown.printStackTrace(new PrintWriter(trace));
                // indented: no line of a quoted message can look like another event
                trace.toString().lines().forEach(own -> line.append("\n\t").append(oneLine(own.strip())));
            }
        }
    }
}
