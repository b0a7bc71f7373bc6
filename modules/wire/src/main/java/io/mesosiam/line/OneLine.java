package io.mesosiam.line;

import java.util.regex.Pattern;

/** Makes a text of another program one line, shown in the order in which it is stored. */
public final class OneLine {
    /** Control characters, line and paragraph separators, marks that reorder or hide text, halves of characters. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

    private static final Pattern UNPRINTABLE_RUN = Pattern.compile(UNPRINTABLE.pattern() + "+");

    private OneLine() {}

    /** A sentence, with a space in place of such characters. */
    public static String of(String text) {
        return isPrintableAscii(text) ? text : UNPRINTABLE_RUN.matcher(text).replaceAll(" ");
    }

    /** A value, with a question mark in place of each such character. */
    public static String marked(String value) {
        return isPrintableAscii(value) ? value : UNPRINTABLE.matcher(value).replaceAll("?");
    }

    /** Whether the text has no such character. */
    public static boolean isPrintable(String text) {
        return isPrintableAscii(text) || !UNPRINTABLE.matcher(text).find();
    }

    /** Most texts are ASCII, and this takes a tenth of the time of an expression. */
    static boolean isPrintableAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    /** The first {@code longest} characters of a longer text, with {@code …} behind them. */
    public static String cut(String text, int longest) {
        return text.length() <= longest ? text : start(text, longest) + "…";
    }

    /** At most the first {@code longest} characters, and never half of a surrogate pair. */
    public static String start(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        boolean halved = longest > 0
                && Character.isHighSurrogate(text.charAt(longest - 1))
                && Character.isLowSurrogate(text.charAt(longest));
        return text.substring(0, halved ? longest - 1 : longest);
    }
}
