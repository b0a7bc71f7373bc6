package io.mesosiam.mesos;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/**
 * The bound every identifier that Mesos hands us must keep: it ends up in log lines, SQL and session names. Ids become
 * directory names on the Mesos agent, so 255 bytes is all that works there; the SQL domains take 512.
 */
public final class MesosText {
    private static final int MAX_BYTES = 512;
    public static final char REPLACED = '\uFFFD';

    private MesosText() {}

    /** Whether {@code text} came through whole: what was replaced in it can't be compared with anything. */
    public static boolean isReadable(String text) {
        return text.indexOf(REPLACED) < 0;
    }

    /** The identifier that {@code make} makes of {@code value}, if it is a valid one. */
    public static <T> Optional<T> valid(String value, Function<String, T> make) {
        try {
            return Optional.of(make.apply(value));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
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
