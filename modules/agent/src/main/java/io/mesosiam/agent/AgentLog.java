package io.mesosiam.agent;

import io.mesosiam.agent.serve.LogValue;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sets the JDK's logging: one line an event on standard error, the time in front, no logger's own state to keep. */
final class AgentLog {
    /** The root logger, held here so that its level isn't collected with it. */
    private static final Logger ROOT = Logger.getLogger("");

    private AgentLog() {}

    /** To be called before anything is logged. */
    static void format() {
        for (var handler : ROOT.getHandlers()) {
            handler.setFormatter(new Line());
        }
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
     * {@code 2026-01-02T03:04:05.678Z INFO io.mesosiam.agent.audit credentials served containerId=…}, as the controller writes it. The JDK's own formatter
     * looks for the calling method of each event, used or not, which costs an ask more than its attestation does.
     */
    static final class Line extends Formatter {
        private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX");

        /** A parameter as the value of a key, in the message's pattern. */
        private static final Pattern VALUE = Pattern.compile("=\\{([0-9]{1,2})\\}");

        private final ZoneId zone = ZoneId.systemDefault();

        @Override
        public String format(LogRecord event) {
            StringBuilder line = new StringBuilder(256);
            TIME.formatTo(event.getInstant().atZone(zone), line);
            line.append(' ').append(word(event.getLevel())).append(' ').append(event.getLoggerName());
            line.append(' ').append(oneLine(message(event)));
            trace(event.getThrown(), line);
            return line.append('\n').toString();
        }

        /** A text that follows {@code key=} is put in quotes if it has blanks or quotes: else its end can't be told. */
        private String message(LogRecord event) {
            Object[] given = event.getParameters();
            if (given == null || given.length == 0) {
                return formatMessage(event);
            }
            Object[] quoted = given.clone();
            VALUE.matcher(event.getMessage()).results().forEach(value -> {
                int index = Integer.parseInt(value.group(1));
                if (index < quoted.length && given[index] != null) {
                    quoted[index] = LogValue.quoted(given[index]);
                }
            });
            LogRecord copy = new LogRecord(event.getLevel(), event.getMessage());
            copy.setResourceBundle(event.getResourceBundle());
            copy.setParameters(quoted);
            return formatMessage(copy);
        }

        /** The controller's words for the levels. */
        private static String word(Level level) {
            int value = level.intValue();
            if (value >= Level.SEVERE.intValue()) {
                return "ERROR";
            }
            if (value >= Level.WARNING.intValue()) {
                return "WARN";
            }
            return value >= Level.INFO.intValue() ? "INFO" : "DEBUG";
        }

        /** Whatever a message quotes must not look like an event of its own. */
        private static String oneLine(String message) {
            return message.chars().anyMatch(Character::isISOControl)
                    ? message.replaceAll("[\\x00-\\x1f\\x7f-\\x9f]", "?")
                    : message;
        }

        private static void trace(@Nullable Throwable thrown, StringBuilder line) {
            if (thrown != null) {
                StringWriter trace = new StringWriter();
                thrown.printStackTrace(new PrintWriter(trace));
                line.append('\n').append(trace.toString().stripTrailing());
            }
        }
    }
}
