package io.mesosiam.sts;

import io.mesosiam.line.OneLine;
import java.util.regex.Pattern;

/** STS's constraints on one text field: characters and length. They are checked before a call is made. */
record FieldText(Pattern characters, int min, int max) {
    private static final int SHOWN = 60;

    FieldText(String characters, int min, int max) {
        this(Pattern.compile(characters), min, max);
    }

    /**
     * Returns the value.
     *
     * @throws IllegalArgumentException with the field's name and the abbreviated value, if STS would reject it
     */
    String check(String field, String value) {
        int length = value.codePointCount(0, value.length());
        if (length < min || length > max) {
            throw new IllegalArgumentException(
                    field + ": must have " + min + " to " + max + " characters, has " + length);
        }
        if (!characters.matcher(value).matches()) {
            throw new IllegalArgumentException(field + ": has characters that STS refuses: " + abbreviate(value));
        }
        return value;
    }

    boolean takes(String value) {
        int length = value.codePointCount(0, value.length());
        return length >= min && length <= max && characters.matcher(value).matches();
    }

    static String abbreviate(String text) {
        return OneLine.cut(OneLine.marked(text), SHOWN);
    }
}
