package io.mesosiam.loglimit;

import io.mesosiam.line.LogEvent;
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
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;
import org.jboss.logmanager.formatters.PatternFormatter;

/**
 * Keeps each event of this program on one line, with values whose ends are clear, whatever a task, a master or AWS has
 * sent: a value of {@code key=%s} that has blanks or quotes is put in quotes, and in {@code key="%s"} quotes are
 * replaced by {@code '}. The records of other libraries are left as they are. It refuses no record.
 *
 * <p>Lines of a request have its id. In a log in JSON the keys and values of a line become those of its object.
 */
@LoggingFilter(name = "log-lines")
public final class LogLines implements Filter {
    /** A place in the format, with what is in front of it. {@code %n} and {@code %%} take no parameter. */
    private static final Pattern PLACE = Pattern.compile("(=\"|=)?%[-#+ 0,(]*\\d*(?:\\.\\d+)?([a-zA-Z%])");

    /** The key of the id of the current request, in the MDC and in lines. */
    public static final String REQUEST = "requestId";

    private static final ExtFormatter TEXT = new PatternFormatter("%s");

    /** Bounds {@link #parsed}, should a caller pass texts that are no constants. */
    private static final int MOST_FORMATS = 1000;

    /** The parameters of each format that was logged. Formats are constants, so that each is parsed once. */
    private final ConcurrentMap<String, List<Parameter>> parsed = new ConcurrentHashMap<>();

    private final boolean json;

    /** @param json whether the log is in JSON */
    public LogLines(@ConfigProperty(name = "mesos-iam.log.json", defaultValue = "false") boolean json) {
        this.json = json;
    }

    /**
     * @param before {@code =}, {@code ="} or empty, as in front of the place
     * @param text whether the place takes a text
     */
    private record Parameter(String before, boolean text) {}

    @Override
    public boolean isLoggable(LogRecord event) {
        if (event instanceof ExtLogRecord own && own.getLoggerName().startsWith("io.mesosiam.")) {
            Object[] given = own.getParameters();
            if (own.getFormatStyle() == FormatStyle.PRINTF && given != null && given.length > 0) {
                own.setParameters(safe(own.getMessage(), given.clone()));
            }
            if (json) {
                fields(own);
            } else {
                request(own);
            }
        }
        return true;
    }

    /** Moves the keys and values from the text to the object. A record that another handler has logged has none left. */
    private static void fields(ExtLogRecord event) {
        LogEvent parts = LogEvent.of(TEXT.formatMessage(event));
        event.setMessage(parts.text(), FormatStyle.NO_FORMAT);
        parts.fields().forEach(event::putMdc);
    }

    private static void request(ExtLogRecord event) {
        String id = event.getMdc(REQUEST);
        String text = id == null ? "" : TEXT.formatMessage(event);
        if (id != null && !text.contains(" " + REQUEST + "=")) {
            event.setMessage(text + " " + REQUEST + "=" + id, FormatStyle.NO_FORMAT);
        }
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
