package io.mesosiam.api;

import java.util.Locale;
import java.util.Set;

/** Where the API may listen and under which names it answers: loopback's own, until callers can sign in. */
public final class LoopbackHostFilter {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    private LoopbackHostFilter() {}

    /**
     * Refuses to listen anywhere else: there is no sign-in yet.
     *
     * @param host the value of {@code quarkus.http.host}
     * @throws IllegalStateException if it isn't loopback's
     */
    public static void requireLoopback(String host) {
        if (!LOOPBACK.contains(host)) {
            throw new IllegalStateException(
                    "quarkus.http.host must be 127.0.0.1, ::1 or localhost until callers can sign in, is " + host);
        }
    }

    /** Whether that is one of loopback's names, an IPv6 address with or without brackets. */
    static boolean isLoopback(String host) {
        return LOOPBACK.contains(host.toLowerCase(Locale.ROOT));
    }
}
