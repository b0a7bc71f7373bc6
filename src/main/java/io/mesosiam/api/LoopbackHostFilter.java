package io.mesosiam.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.Set;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Listening on loopback keeps the network out, but not a page in an operator's browser whose name was made to resolve to
 * loopback. Such a request carries the page's host name; only loopback's own names are served.
 */
public final class LoopbackHostFilter {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    /**
     * Refuses to listen anywhere else: nobody can sign in yet.
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

    @ServerRequestFilter(preMatching = true)
    void refuseOtherHosts(ContainerRequestContext request) {
        String host = request.getUriInfo().getRequestUri().getHost();
        if (host == null || !LOOPBACK.contains(host)) {
            throw new ProblemException(ProblemCode.WRONG_HOST, "this API answers to loopback's names only");
        }
    }
}
