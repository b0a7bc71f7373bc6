package io.mesosiam.sts;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Converts a value for {@code {placeholder:safe}}: characters that STS rejects in session tags become {@code '_'}, and
 * the length is limited to {@value #MAX} characters. A value that was changed, or that ends like a changed one, gets a
 * digest of the complete value as its suffix. Different values therefore never become equal, even if they are chosen
 * for that purpose.
 */
final class SafeText {
    static final int MAX = 128;
    private static final Pattern REFUSED = Pattern.compile("[^\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]");
    private static final int DIGEST_BYTES = 10;
    private static final Pattern LIKE_CHANGED =
            Pattern.compile(".*-[0-9a-f]{" + 2 * DIGEST_BYTES + "}", Pattern.DOTALL);

    private SafeText() {}

    static String of(String value) {
        String clean = REFUSED.matcher(value).replaceAll("_");
        if (clean.equals(value)
                && length(clean) <= MAX
                && !LIKE_CHANGED.matcher(value).matches()) {
            return value;
        }
        String suffix = "-" + digest(value, DIGEST_BYTES);
        int kept = Math.min(length(clean), MAX - suffix.length());
        return clean.substring(0, clean.offsetByCodePoints(0, kept)) + suffix;
    }

    /** Returns the first bytes of SHA-256 in hexadecimal. */
    static String digest(String text, int bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
