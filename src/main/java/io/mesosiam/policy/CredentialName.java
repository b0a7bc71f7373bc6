package io.mesosiam.policy;

import java.util.regex.Pattern;

/** The name under which a task requests credentials. A request without a name means {@link #DEFAULT}. */
public record CredentialName(String value) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?");

    /** Declared after {@link #NAME}, which validates it. */
    public static final CredentialName DEFAULT = new CredentialName("default");

    public CredentialName {
        if (!NAME.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "credential name must be 1 to 64 lower-case letters, digits or inner '-'");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
