package io.mesosiam.agent.serve;

import java.util.regex.Pattern;

/**
 * A value in a log line, in the form of docs/controller.md: {@code key=value}, or {@code key="a value with blanks"}.
 */
public final class LogValue {
    private static final Pattern NEEDS_QUOTES = Pattern.compile("[\\s\"]");

    private LogValue() {}

    /**
     * Puts a text with blanks or quotes in quotes and replaces its own quotes by {@code '}; returns anything else
     * unchanged.
     */
    public static Object quoted(Object value) {
        return !NEEDS_QUOTES.matcher(value.toString()).find() ? value : inQuotes(value.toString());
    }

    /** The same for a text. */
    static String of(String text) {
        return NEEDS_QUOTES.matcher(text).find() ? inQuotes(text) : text;
    }

    private static String inQuotes(String text) {
        return '"' + text.replace('"', '\'') + '"';
    }
}
