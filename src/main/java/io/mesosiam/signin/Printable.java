package io.mesosiam.signin;

import java.util.regex.Pattern;

/** Text of a caller for audit events and the log: on one line, in the order in which it is stored. Pure. */
final class Printable {
    /** Control characters, line and paragraph separators, marks that reorder or hide text, halves of characters. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

    /** With the kind before it, within the limit of {@code audit_event.actor}. */
    private static final int LONGEST_NAME = 240;

    private Printable() {}

    /** The text with a question mark in place of each such character. */
    static String of(String text) {
        return UNPRINTABLE.matcher(text).replaceAll("?");
    }

    /**
     * Whether a name can be shown as it is. A name that would be changed or cut to be shown could be taken for that of
     * another caller.
     */
    static boolean isName(String name) {
        return !name.isBlank()
                && name.length() <= LONGEST_NAME
                && !UNPRINTABLE.matcher(name).find();
    }
}
