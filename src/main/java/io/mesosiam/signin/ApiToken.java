package io.mesosiam.signin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The text of an API token: {@code mia_} and 32 random bytes in base64url. It is a secret: only {@link #reveal} returns
 * it.
 */
public final class ApiToken {
    /** What every token begins with, so that scanners for leaked secrets find it. */
    static final String PREFIX = "mia_";

    private static final Pattern FORM = Pattern.compile(PREFIX + "[A-Za-z0-9_-]{43}");
    private static final int RANDOM_BYTES = 32;

    private final String text;

    private ApiToken(String text) {
        this.text = text;
    }

    /** A new token. */
    static ApiToken random(RandomGenerator secure) {
        byte[] bytes = new byte[RANDOM_BYTES];
        secure.nextBytes(bytes);
        return new ApiToken(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** The token with this text; empty if the text has another form. */
    static Optional<ApiToken> parse(String text) {
        return Optional.of(text).filter(t -> FORM.matcher(t).matches()).map(ApiToken::new);
    }

    /** The secret itself. */
    public String reveal() {
        return text;
    }

    /** What is stored of it. */
    Hash hash() {
        try {
            return new Hash(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return PREFIX + "…";
    }

    /**
     * The SHA-256 of a token. A token has 256 random bits, so its hash needs neither salt nor stretching: there is no
     * dictionary to try.
     */
    static final class Hash {
        private final byte[] bytes;

        Hash(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        byte[] bytes() {
            return bytes.clone();
        }

        /** Compares in a time that depends on nothing but the length. */
        @Override
        public boolean equals(Object other) {
            return other instanceof Hash hash && MessageDigest.isEqual(bytes, hash.bytes);
        }

        @Override
        public int hashCode() {
            return java.util.Arrays.hashCode(bytes);
        }

        /** The first bytes, enough to tell two apart. */
        @Override
        public String toString() {
            return HexFormat.of().formatHex(bytes, 0, Math.min(4, bytes.length)) + "…";
        }
    }
}
