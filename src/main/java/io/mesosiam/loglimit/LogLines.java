package io.mesosiam.loglimit;

import io.mesosiam.line.LogValue;
import io.mesosiam.line.OneLine;
import io.quarkus.logging.LoggingFilter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.regex.Pattern;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;

/**
 * Keeps each event of this program on one line, with values whose ends are clear, whatever a task, a master or AWS has
 * sent: a value of {@code key=%s} that has blanks or quotes is put in quotes, and in {@code key="%s"} quotes are
 * replaced by {@code '}. The records of other libraries are left as they are. It refuses no record.
 */
@LoggingFilter(name = "log-lines")
public final class LogLines implements Filter {
    /** A place in the format, with what is in front of it. {@code %n} and {@code %%} take no parameter. */
    private static final Pattern PLACE = Pattern.compile("(=\"|=)?%[-#+ 0,(]*\\d*(?:\\.\\d+)?([a-zA-Z%])");

    /** Bounds {@link #parsed}, should a caller pass texts that are no constants. */
    private static final int MOST_FORMATS = 1000;

    /** The parameters of each format that was logged. Formats are constants, so that each is parsed once. */
    private final ConcurrentMap<String, List<Parameter>> parsed = new ConcurrentHashMap<>();

    /**
     * @param before {@code =}, {@code ="} or empty, as in front of the place
     * @param text whether the place takes a text
     */
    private record Parameter(String before, boolean text) {}

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

    private Object[] safe(String format, Object[] values) {
        List<Parameter> parameters = parameters(format);
        for (int i = 0; i < Math.min(parameters.size(), values.length); i++) {
            if (parameters.get(i).text() && values[i] != null) {
                values[i] = safe(parameters.get(i).before(), values[i]);
            }
        }
        return values;
    }

    private List<Parameter> parameters(String format) {
        List<Parameter> known = parsed.get(format);
        if (known != null) {
            return known;
        }
        List<Parameter> parameters = PLACE.matcher(format)
                .results()
                .filter(place -> !"n%".contains(place.group(2)))
                .map(place -> new Parameter(
                        Objects.requireNonNullElse(place.group(1), ""),
                        place.group(2).equals("s")))
                .toList();
        if (parsed.size() < MOST_FORMATS) {
            parsed.put(format, parameters);
        }
        return parameters;
    }

    private static Object safe(String before, Object value) {
        return switch (before) {
            case "=\"" -> LogValue.inQuotes(value.toString());
            case "=" -> LogValue.quoted(value);
            default -> OneLine.marked(value.toString());
        };
    }
}
