package io.mesosiam.line;

import java.util.regex.Pattern;

/**
 * A value in a log line, in the form of docs/controller.md: {@code key=value}, or {@code key="a value with blanks"}.
 */
public final class LogValue {
    private static final Pattern NEEDS_QUOTES = Pattern.compile("[\\s\\p{Z}\"]");

    private LogValue() {}

    /**
     * Puts a text with blanks or quotes in quotes and replaces its own quotes by {@code '}, and characters that aren't
     * printable by {@code ?}; returns anything else unchanged.
     */
    public static Object quoted(Object value) {
        String text = value.toString();
        String quoted = of(text);
        return quoted.equals(text) ? value : quoted;
    }

    /** The same for a text. */
    public static String of(String text) {
        if (OneLine.isPrintableAscii(text) && text.indexOf(' ') < 0 && text.indexOf('"') < 0) {
            return text;
        }
        return NEEDS_QUOTES.matcher(text).find() ? '"' + inQuotes(text) + '"' : OneLine.marked(text);
    }

    /** A text for a place that is in quotes. */
    public static String inQuotes(String text) {
        return OneLine.marked(text).replace('"', '\'');
    }
}
