package io.mesosiam.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Key material as bytes. It prints as a mask, compares in constant time and can be zeroed; the copies that a collector
 * or a TLS library made meanwhile are beyond its reach.
 */
public final class Secret {
    private static final String MASK = "Secret[****]";

    private final byte[] utf8;

    /** Takes a copy of {@code utf8}; the caller may zero its own. */
    public Secret(byte[] utf8) {
        this.utf8 = utf8.clone();
    }

    /** For material that a library hands over as text. */
    public static Secret of(String text) {
        return new Secret(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The bytes themselves, not a copy: for the channel's codec and the agent's answer only, which write them and keep
     * nothing.
     */
    public byte[] reveal() {
        return utf8;
    }

    /** Overwrites the bytes; whoever reads them later finds zeros. */
    public void destroy() {
        Arrays.fill(utf8, (byte) 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(utf8, secret.utf8);
    }

    /** The same for all: a hash would be a fingerprint of the material. */
    @Override
    public int hashCode() {
        return 0;
    }

    @Override
    public String toString() {
        return MASK;
    }
}
