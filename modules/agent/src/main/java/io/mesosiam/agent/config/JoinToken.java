package io.mesosiam.agent.config;

import io.mesosiam.secret.Secret;
import java.util.regex.Pattern;

/**
 * A join token: {@code mij_ID_SECRET_PIN}, 124 characters. It lets a host enrol once, and pins the root certificate of the
 * controllers.
 *
 * @param text the whole token
 * @param pin of the controllers' root
 */
public record JoinToken(Secret text, RootPin pin) {
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
        return new JoinToken(Secret.of(text), new RootPin(text.substring(PIN_AT)));
    }
}
