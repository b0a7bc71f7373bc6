package io.mesosiam.api;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Refuses changes that a page of another site makes a browser send. A browser adds the session's cookie to such requests,
 * and reaches loopback. Pure.
 *
 * <ul>
 *   <li>A change that a browser reports to come from another site is refused: {@code Origin}, {@code Sec-Fetch-Site}.
 *   <li>A change with a cookie and without {@code Authorization} needs the header {@value #HEADER}, which a page of
 *       another site can't add without a permission that this API never gives.
 * </ul>
 */
final class CrossSite {
    static final String HEADER = "X-Mesos-Iam-Request";

    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<String> OWN_SITE = Set.of("same-origin", "none");

    private CrossSite() {}

    /** @param header the value of a header, null if the request has none */
    static boolean refuses(String method, Function<String, @Nullable String> header) {
        if (READS.contains(method)) {
            return false;
        }
        String site = header.apply("Sec-Fetch-Site");
        if (site != null && !OWN_SITE.contains(site)) {
            return true;
        }
        String origin = header.apply("Origin");
        if (origin != null && !isOwn(origin, header.apply("Host"))) {
            return true;
        }
        return header.apply("Cookie") != null && header.apply("Authorization") == null && header.apply(HEADER) == null;
    }

    private static boolean isOwn(String origin, @Nullable String host) {
        try {
            String authority = new URI(origin).getRawAuthority();
            return authority != null
                    && host != null
                    && authority.toLowerCase(Locale.ROOT).equals(host.toLowerCase(Locale.ROOT));
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
