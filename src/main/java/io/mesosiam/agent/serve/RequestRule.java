package io.mesosiam.agent.serve;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which requests are an SDK's. Everything that a browser, a proxy or a confused program would send differently is refused
 * before anybody asks who is calling.
 *
 * @param hosts what the Host header may name, without port, in lower case: a name that an attacker's DNS points here isn't
 *     among them
 * @param paths where credentials are asked for; each path as it is gives those called {@code default}
 */
record RequestRule(Set<String> hosts, Set<String> paths) {
    static final String DEFAULT_NAME = "default";

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?");
    private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}$");

    RequestRule {
        hosts = Set.copyOf(hosts);
        paths = Set.copyOf(paths);
    }

    /** What is wrong with a request, or empty. */
    Optional<Reply> refusal(HttpExchange exchange) {
        Headers headers = exchange.getRequestHeaders();
        if (exchange.getRequestURI().isAbsolute() || !namesUs(headers.get("Host"))) {
            return Optional.of(
                    Reply.error(403, "WrongHost", "the Host header must name the credential endpoint's own address")
                            .closing());
        }
        if (headers.keySet().stream().anyMatch(RequestRule::toldByProxy)) {
            return Optional.of(Reply.error(403, "Forwarded", "credentials are not given through a proxy")
                    .closing());
        }
        if (credentialName(exchange.getRequestURI()).isEmpty()) {
            return Optional.of(Reply.error(404, "NotFound", "no credentials are served at this path"));
        }
        if (!exchange.getRequestMethod().equals("GET")) {
            return Optional.of(Reply.error(405, "MethodNotAllowed", "credentials are asked for by GET")
                    .closing());
        }
        if (headers.containsKey("Transfer-Encoding") || !length(headers).equals("0")) {
            return Optional.of(Reply.error(413, "BodyNotAllowed", "the request must have no body")
                    .closing());
        }
        return Optional.empty();
    }

    /** The name of the credentials that the path asks for; empty if credentials aren't asked for there. */
    Optional<String> credentialName(URI uri) {
        String path = uri.getRawPath();
        if (paths.contains(path)) {
            return Optional.of(DEFAULT_NAME);
        }
        int slash = path.lastIndexOf('/');
        String name = path.substring(slash + 1);
        return slash > 0
                        && paths.contains(path.substring(0, slash))
                        && NAME.matcher(name).matches()
                ? Optional.of(name)
                : Optional.empty();
    }

    private boolean namesUs(@Nullable List<String> values) {
        return values != null
                && values.size() == 1
                && hosts.contains(
                        PORT.matcher(values.getFirst()).replaceFirst("").toLowerCase(Locale.ROOT));
    }

    private static boolean toldByProxy(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        return name.startsWith("x-forwarded") || name.equals("forwarded") || name.equals("via");
    }

    private static String length(Headers headers) {
        String length = headers.getFirst("Content-Length");
        return length == null ? "0" : length;
    }
}
