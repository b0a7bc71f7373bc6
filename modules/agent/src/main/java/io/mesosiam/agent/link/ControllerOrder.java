package io.mesosiam.agent.link;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The order in which a host prefers the controllers: highest random weight first (rendezvous hashing, Thaler and
 * Ravishankar 1998). Each controller is the first of an equal share of the hosts, and the hosts of a controller that is
 * away have the other ones next in equal shares. Another controller in the list moves only the hosts whose first it is.
 *
 * <p>The weight is the first 64 bits of SHA-256 over the host's name in lower case, a line feed, and the controller's URI as
 * the setting has it. It must not change: hosts with different versions of the agent would spread unevenly.
 */
public final class ControllerOrder {
    private ControllerOrder() {}

    /** Returns the controllers, the preferred one first. */
    public static List<URI> of(List<URI> controllers, String hostname) {
        String host = hostname.toLowerCase(Locale.ROOT);
        return controllers.stream()
                .map(controller -> new Weighted(controller, weight(host, controller)))
                .sorted(Weighted.HEAVIEST_FIRST)
                .map(Weighted::controller)
                .toList();
    }

    private record Weighted(URI controller, long weight) {
        private static final Comparator<Weighted> HEAVIEST_FIRST = Comparator.comparing(
                        Weighted::weight, Long::compareUnsigned)
                .reversed()
                .thenComparing(Weighted::controller);
    }

    private static long weight(String host, URI controller) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest((host + "\n" + controller).getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
