package io.mesosiam.agent.config;

import io.mesosiam.secret.Secret;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * A join token: {@code mij_ID_SECRET_PIN}, 124 characters. It lets a host enrol once, and pins the root certificate of the
 * controllers.
 *
 * @param text the whole token
 * @param pin SHA-256 of the root's SubjectPublicKeyInfo, base64url without padding
 */
public record JoinToken(Secret text, String pin) {
    /** UUID without hyphens, 32 bytes, 32 bytes. Base64url has {@code _} and {@code -}, so only the lengths separate. */
    private static final Pattern FORM = Pattern.compile("mij_[0-9a-f]{32}_[A-Za-z0-9_-]{43}_[A-Za-z0-9_-]{43}");

    private static final int PIN_AT = 81;

    /**
     * Reads a token.
     *
     * @throws IllegalArgumentException if it is malformed; the message does not contain it
     */
    public static JoinToken parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "must be a join token of 124 characters that begins with mij_, as the controller showed it; this one has "
                            + text.length() + " characters or a character that no token has");
        }
        return new JoinToken(Secret.of(text), text.substring(PIN_AT));
    }

    /** Whether this is the hash of the root that the token pins. */
    public boolean pins(byte[] sha256) {
        return pin.equals(pinOf(sha256));
    }

    /** The form that a token has of a hash. */
    public static String pinOf(byte[] sha256) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(sha256);
    }
}
