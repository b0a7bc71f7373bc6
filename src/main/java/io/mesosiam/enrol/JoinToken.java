package io.mesosiam.enrol;

import io.mesosiam.enrol.authority.Pem;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A join token: {@code mij_ID_SECRET_PIN}. It is a secret: only {@link #reveal} returns its text. The pin is the hash of the
 * root's public key, by which a host recognizes the root before it trusts any.
 */
public final class JoinToken {
    private static final int SECRET_BYTES = 32;

    /** By fixed lengths: base64url has _, too. */
    private static final Pattern FORM = Pattern.compile("mij_([0-9a-f]{32})_([A-Za-z0-9_-]{43})_([A-Za-z0-9_-]{43})");

    private final UUID id;
    private final String secret;
    private final String pin;

    private JoinToken(UUID id, String secret, String pin) {
        this.id = id;
        this.secret = secret;
        this.pin = pin;
    }

    /**
     * A new token.
     *
     * @param pin of the root that hosts are to trust, as {@link Pem#pin} returns it
     */
    public static JoinToken random(RandomGenerator secure, UUID id, String pin) {
        byte[] bytes = new byte[SECRET_BYTES];
        secure.nextBytes(bytes);
        return new JoinToken(id, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes), pin);
    }

    /** Empty if the text is no join token. */
    public static Optional<JoinToken> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        String hex = form.group(1);
        UUID id = new UUID(Long.parseUnsignedLong(hex, 0, 16, 16), Long.parseUnsignedLong(hex, 16, 32, 16));
        return Optional.of(new JoinToken(id, form.group(2), form.group(3)));
    }

    public UUID id() {
        return id;
    }

    /** SHA-256 of the secret, as the database has it. */
    public byte[] hash() {
        return Pem.sha256(secret.getBytes(StandardCharsets.US_ASCII));
    }

    /** The text. Called where a token is made, and by tests. */
    public String reveal() {
        return "mij_" + id.toString().replace("-", "") + "_" + secret + "_" + pin;
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "JoinToken[" + id + "]";
    }
}
