package io.mesosiam.line;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A log line in its parts, for logs in JSON: {@code agent connected mesosAgentId=S1 epoch=2} is the event {@code agent
 * connected} with two fields. {@link LogValue} has put each value with blanks in quotes, so that a value ends where it
 * seems to end.
 *
 * @param text what happened; the whole line if it has another form
 * @param fields values by key, in the order of the line; of equal keys the first counts
 */
public record LogEvent(String text, Map<String, String> fields) {
    private static final Pattern FIELD = Pattern.compile(" ([A-Za-z][A-Za-z0-9]*)=(?:\"([^\"]*)\"|(\\S*))");

    /** Splits a line. */
    public static LogEvent of(String line) {
        Matcher field = FIELD.matcher(line);
        if (!field.find()) {
            return new LogEvent(line, Map.of());
        }
        String text = line.substring(0, field.start());
        Map<String, String> fields = new LinkedHashMap<>();
        int end = field.start();
        // fields follow each other up to the end of the line
        while (field.region(end, line.length()).lookingAt()) {
            String quoted = field.group(2);
            fields.putIfAbsent(field.group(1), quoted == null ? field.group(3) : quoted);
            end = field.end();
        }
        return end == line.length() ? new LogEvent(text, fields) : new LogEvent(line, Map.of());
    }
}
