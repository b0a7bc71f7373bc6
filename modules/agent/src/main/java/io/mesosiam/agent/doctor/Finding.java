package io.mesosiam.agent.doctor;

import java.util.Locale;

/**
 * One line of the doctor's output.
 *
 * @param check name of the check: a single word that does not change between releases
 * @param text the observation
 * @param cure what to do about it; empty if nothing is to be done
 */
public record Finding(Level level, String check, String text, String cure) {
    /** In ascending severity, as in the exit code. */
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

    public static Finding failure(String check, String text, String cure) {
        return new Finding(Level.FAILURE, check, text, cure);
    }

    /** The printed form: level, check, observation, and the cure. */
    @Override
    public String toString() {
        var line = "%-8s %-12s %s".formatted(level.name().toLowerCase(Locale.ROOT), check, text);
        return cure.isEmpty() ? line : line + ": " + cure;
    }
}
