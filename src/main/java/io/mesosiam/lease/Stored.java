package io.mesosiam.lease;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Converts values to the form in which a PostgreSQL row stores them, so a value that is written and read back is
 * unchanged.
 */
public final class Stored {
    private static final int MAX_TEXT = 4000;

    private Stored() {}

    /** Returns the time truncated to microseconds. */
    static Instant time(Instant time) {
        return time.truncatedTo(ChronoUnit.MICROS);
    }

    /**
     * Returns a text of external origin in a form that PostgreSQL accepts: bounded, without NUL and unpaired
     * surrogates.
     */
    public static String text(String text) {
        String clean = text.replace("\0", "");
        String bounded = clean.length() <= MAX_TEXT ? clean : clean.substring(0, MAX_TEXT);
        return new String(bounded.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
