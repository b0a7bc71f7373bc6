package io.mesosiam.mesos;

import io.mesosiam.line.OneLine;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/**
 * Rules for texts from Mesos, which are written to log lines, SQL and session names. Ids become directory names on the
 * Mesos agent, so longer ids than 255 bytes don't work in Mesos; the SQL domains accept 512.
 */
public final class MesosText {
    /** Replaces characters that couldn't be read. */
    public static final char REPLACED = '\uFFFD';

    private static final int MAX_BYTES = 512;
    private static final int MAX_ABBREVIATED = 120;

    private MesosText() {}

    /** Whether {@code text} is undamaged. A text in which characters were replaced can't be compared. */
    public static boolean isReadable(String text) {
        return text.indexOf(REPLACED) < 0;
    }

    /** Applies {@code make} to {@code value}; empty if the value is not a valid identifier. */
    public static <T> Optional<T> valid(String value, Function<String, T> make) {
        try {
            return Optional.of(make.apply(value));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Makes a short text without control characters of an external text, for log lines and messages. */
    public static String abbreviated(Object text) {
        return OneLine.of(OneLine.cut(text.toString(), MAX_ABBREVIATED)).strip();
    }

    static String identifier(String field, String value) {
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > MAX_BYTES) {
            throw new IllegalArgumentException(field + " must have 1 to " + MAX_BYTES + " bytes, has " + bytes);
        }
        if (!isReadable(value)) {
            throw new IllegalArgumentException(field + " contains bytes that are not UTF-8");
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(field + " contains a control character");
        }
        return value;
    }
}
