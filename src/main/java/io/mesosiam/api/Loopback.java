package io.mesosiam.api;

import java.util.Locale;
import java.util.Set;

/**
 * The addresses on which the API may listen with plain HTTP, and the host names to which it answers there.
 */
public final class Loopback {
    private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    private Loopback() {}

    /**
     * Refuses every other listening address: plain HTTP would carry credentials over the network.
     *
     * @param host the value of {@code quarkus.http.host}
     * @throws IllegalStateException if it is not a loopback address
     */
    public static void requireLoopback(String host) {
        if (!isListenable(host)) {
            throw new IllegalStateException(
                    "quarkus.http.host must be 127.0.0.1, ::1 or localhost with mesos-iam.api.plain-http, is " + host);
        }
    }

    /** Whether a listener may use this address: one of the loopback names, literally. */
    public static boolean isListenable(String host) {
        return NAMES.contains(host);
    }

    /** Whether this is a loopback name, in any case; an IPv6 address with or without brackets. */
    static boolean isLoopback(String host) {
        return NAMES.contains(host.toLowerCase(Locale.ROOT));
    }
}
