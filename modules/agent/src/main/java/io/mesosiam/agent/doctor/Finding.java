package io.mesosiam.agent.doctor;

import java.util.Locale;

/**
 * One line of the doctor's answer.
 *
 * @param check what was looked at: one word, the same in every release
 * @param text what was seen
 * @param cure what to do about it; empty where nothing is to be done
 */
public record Finding(Level level, String check, String text, String cure) {
    /** In the order of their weight, which is the exit code's. */
    public enum Level {
        OK,
        WARNING,
        FAILURE
    }

    public static Finding ok(String check, String text) {
        return new Finding(Level.OK, check, text, "");
    }

    public static Finding warning(String check, String text, String cure) {
        return new Finding(Level.WARNING, check, text, cure);
    }

    static Finding failure(String check, String text, String cure) {
        return new Finding(Level.FAILURE, check, text, cure);
    }

    /** As it is printed: level, check, what was seen, and the cure. */
    @Override
    public String toString() {
        var line = "%-8s %-12s %s".formatted(level.name().toLowerCase(Locale.ROOT), check, text);
        return cure.isEmpty() ? line : line + ": " + cure;
    }
}
