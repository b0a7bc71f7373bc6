package io.mesosiam.loglimit;

import io.mesosiam.line.LogValue;
import io.mesosiam.line.OneLine;
import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;
import org.jspecify.annotations.Nullable;

/**
 * Keeps each event of this program on one line, with values whose ends are clear, whatever a task, a master or AWS has
 * sent: a value of {@code key=%s} that has blanks or quotes is put in quotes, and in {@code key="%s"} quotes are
 * replaced by {@code '}. The records of other libraries are left as they are. It refuses no record.
 */
@LoggingFilter(name = "log-lines")
public final class LogLines implements Filter {
    /** A place in the format, with what is in front of it. {@code %n} and {@code %%} take no parameter. */
    private static final Pattern PLACE = Pattern.compile("(=\"|=)?%[-#+ 0,(]*\\d*(?:\\.\\d+)?([a-zA-Z%])");

    @Override
    public boolean isLoggable(LogRecord event) {
        if (event instanceof ExtLogRecord own
                && own.getFormatStyle() == FormatStyle.PRINTF
                && own.getLoggerName().startsWith("io.mesosiam.")) {
            Object[] given = own.getParameters();
            if (given != null && given.length > 0) {
                own.setParameters(safe(own.getMessage(), given.clone()));
            }
        }
        return true;
    }

    private static Object[] safe(String format, Object[] values) {
        int next = 0;
        for (MatchResult place : PLACE.matcher(format).results().toList()) {
            boolean taken = !"n%".contains(place.group(2));
            if (taken && next < values.length) {
                if (place.group(2).equals("s") && values[next] != null) {
                    values[next] = safe(place.group(1), values[next]);
                }
                next++;
            }
        }
        return values;
    }

    private static Object safe(@Nullable String before, Object value) {
        return switch (before) {
            case "=\"" -> LogValue.inQuotes(value.toString());
            case "=" -> LogValue.quoted(value);
            case null, default -> OneLine.marked(value.toString());
        };
    }
}
