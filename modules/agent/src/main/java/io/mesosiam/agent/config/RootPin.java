package io.mesosiam.agent.config;

import java.util.Base64;
import java.util.regex.Pattern;

/**
 * The pin of the controllers' root certificate. It is not secret.
 *
 * @param text SHA-256 of the root's SubjectPublicKeyInfo, base64url without padding
 */
public record RootPin(String text) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{43}");

    /**
     * Reads a pin.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    static RootPin parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "must be the pin of the controllers' root, 43 characters, as mesos-iam ca show prints it");
        }
        return new RootPin(text);
    }

    /** The pin of the public key with this SHA-256. */
    public static RootPin of(byte[] sha256) {
        return new RootPin(Base64.getUrlEncoder().withoutPadding().encodeToString(sha256));
    }

    @Override
    public String toString() {
        return text;
    }
}
