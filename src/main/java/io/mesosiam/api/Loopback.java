package io.mesosiam.api;

import java.util.Locale;
import java.util.Set;

/** Where the API may listen and under which names it answers: loopback's own, until callers can sign in. */
public final class Loopback {
    private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    private Loopback() {}

    /**
     * Refuses to listen anywhere else: there is no sign-in yet.
     *
     * @param host the value of {@code quarkus.http.host}
     * @throws IllegalStateException if it isn't loopback's
     */
    public static void requireLoopback(String host) {
        if (!isListenable(host)) {
            throw new IllegalStateException(
                    "quarkus.http.host must be 127.0.0.1, ::1 or localhost until callers can sign in, is " + host);
        }
    }

    /** Whether a listener may be given this address: one of loopback's names, as it is written. */
    public static boolean isListenable(String host) {
        return NAMES.contains(host);
    }

    /** Whether that is one of loopback's names, in any case, an IPv6 address with or without brackets. */
    static boolean isLoopback(String host) {
        return NAMES.contains(host.toLowerCase(Locale.ROOT));
    }
}
