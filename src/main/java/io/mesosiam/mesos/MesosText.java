package io.mesosiam.mesos;

/** The bound every identifier that Mesos hands us must keep: it ends up in log lines, SQL and session names. */
final class MesosText {
    private static final int MAX_LENGTH = 1024;

    private MesosText() {}

    static String identifier(String field, String value) {
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    field + " must have 1 to " + MAX_LENGTH + " characters, has " + value.length());
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(field + " contains a control character");
        }
        return value;
    }
}
