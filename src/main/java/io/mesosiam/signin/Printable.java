package io.mesosiam.signin;

import io.mesosiam.line.OneLine;

/** Text of a caller for audit events and the log: on one line, in the order in which it is stored. Pure. */
final class Printable {
    /** With the kind before it, within the limit of {@code audit_event.actor}. */
    private static final int LONGEST_NAME = 240;

    private Printable() {}

    /** The text with a question mark in place of each such character. */
    static String of(String text) {
        return OneLine.marked(text);
    }

    /**
     * Whether a name can be shown as it is. A name that would be changed or cut to be shown could be taken for that of
     * another caller.
     */
    static boolean isName(String name) {
        return !name.isBlank() && name.length() <= LONGEST_NAME && OneLine.isPrintable(name);
    }
}
