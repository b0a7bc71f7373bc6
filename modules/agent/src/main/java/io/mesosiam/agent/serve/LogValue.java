package io.mesosiam.agent.serve;

import java.util.regex.Pattern;

/** A value in a log line, as docs/controller.md describes it for both programs: {@code key=value}, or {@code key="a value with blanks"}. */
public final class LogValue {
    private static final Pattern NEEDS_QUOTES = Pattern.compile("[\\s\"]");

    private LogValue() {}

    /** A text with blanks or quotes in quotes, its own quotes as {@code '}; anything else unchanged. */
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
