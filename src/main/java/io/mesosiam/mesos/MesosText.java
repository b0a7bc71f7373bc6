package io.mesosiam.mesos;

import java.nio.charset.StandardCharsets;

/**
 * The bound every identifier that Mesos hands us must keep: it ends up in log lines, SQL and session names. Ids become
 * directory names on the Mesos agent, so 255 bytes is all that works there; the SQL domains take 512.
 */
final class MesosText {
    private static final int MAX_BYTES = 512;

    private MesosText() {}

    static String identifier(String field, String value) {
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > MAX_BYTES) {
            throw new IllegalArgumentException(field + " must have 1 to " + MAX_BYTES + " bytes, has " + bytes);
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(field + " contains a control character");
        }
        return value;
    }
}
