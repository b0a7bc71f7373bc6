package io.mesosiam.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Key material as bytes. It prints as a mask, compares in constant time and can be zeroed. Copies made by the garbage
 * collector or a TLS library are not zeroed.
 */
public final class Secret {
    private static final String MASK = "Secret[****]";

    private final byte[] utf8;

    /** Copies {@code utf8}; the caller may zero its array. */
    public Secret(byte[] utf8) {
        this.utf8 = utf8.clone();
    }

    /** Creates a secret from text that a library provides. */
    public static Secret of(String text) {
        return new Secret(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The bytes themselves, not a copy. Only for the codec of the channel and the response of the agent, which write
     * them and keep no reference.
     */
    public byte[] reveal() {
        return utf8;
    }

    /** Overwrites the bytes with zeros; later readers see zeros. */
    public void destroy() {
        Arrays.fill(utf8, (byte) 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(utf8, secret.utf8);
    }

    /** Constant: a hash would be a fingerprint of the material. */
    @Override
    public int hashCode() {
        return 0;
    }

    @Override
    public String toString() {
        return MASK;
    }
}
