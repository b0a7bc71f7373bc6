package io.mesosiam.admin;

/**
 * Who changes something, from where, why, and in which request. The database stores these with each change.
 *
 * @param caller the signed-in caller, 1 to 255 characters
 * @param signIn how the caller signed in, as audit events name it
 * @param address the IP address that the request came from
 * @param reason why, 1 to 1024 characters
 * @param requestId the request, as in the log
 */
public record Author(String caller, String signIn, String address, String reason, String requestId) {
    static final int LONGEST_CALLER = 255;
    public static final int LONGEST_REASON = 1024;

    public Author {
        requireLength("caller", caller, LONGEST_CALLER);
        requireLength("signIn", signIn, 32);
        requireLength("address", address, 64);
        requireLength("reason", reason, LONGEST_REASON);
        requireLength("requestId", requestId, 128);
    }

    private static void requireLength(String name, String text, int longest) {
        if (text.isEmpty() || text.codePointCount(0, text.length()) > longest) {
            throw new IllegalArgumentException(name + ": 1 to " + longest + " characters");
        }
    }
}
