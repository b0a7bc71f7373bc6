package io.mesosiam.lease;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Values as a row of Postgres holds them: what is written and read again is equal to what was written. */
public final class Stored {
    private static final int MAX_TEXT = 4000;

    private Stored() {}

    /** A time to the microsecond. */
    static Instant time(Instant time) {
        return time.truncatedTo(ChronoUnit.MICROS);
    }

    /** What Postgres can hold of a text from elsewhere: bounded, without the one character that it refuses, and whole characters only. */
    public static String text(String text) {
        String clean = text.replace("\0", "");
        String bounded = clean.length() <= MAX_TEXT ? clean : clean.substring(0, MAX_TEXT);
        return new String(bounded.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
