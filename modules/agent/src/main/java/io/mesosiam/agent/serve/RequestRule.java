package io.mesosiam.agent.serve;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.Request;
import io.mesosiam.agent.serve.ParsedRequest.Unreadable;
import io.mesosiam.agent.serve.ParsedRequest.WrongMethod;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which requests are an SDK's, and what they are for. Requests that differ from an SDK's, as those of browsers
 * and proxies do, are rejected before the caller is attested.
 */
record RequestRule(Routes routes) {
    private static final Set<String> PROTOCOLS = Set.of("HTTP/1.1", "HTTP/1.0");

    /** Parses a request. Never throws. */
    ParsedRequest read(Request request, String protocol) {
        if (!PROTOCOLS.contains(protocol)) {
            return new Unreadable(Failure.NOT_HTTP_1);
        }
        Headers headers = request.getRequestHeaders();
        URI uri = request.getRequestURI();
        Set<CredentialApi> apis = apis(headers);
        if (apis.isEmpty() || uri.isAbsolute()) {
            return new Unreadable(Failure.WRONG_HOST);
        }
        if (hasProxyHeader(headers)) {
            return new Unreadable(Failure.FORWARDED);
        }
        Optional<Routes.Route> route = route(apis, oneLeadingSlash(uri.toString()));
        if (route.isEmpty()) {
            return new Unreadable(uri.getRawAuthority() == null ? Failure.NOT_FOUND : Failure.WRONG_HOST);
        }
        if (!request.getRequestMethod().equals(route.get().method())) {
            return new WrongMethod(route.get().method());
        }
        if (hasBody(headers)) {
            return new Unreadable(Failure.BODY_NOT_ALLOWED);
        }
        return route.get().read().apply(headers);
    }

    private static Set<CredentialApi> apis(Headers headers) {
        List<String> hosts = headers.getOrDefault("Host", List.of());
        return hosts.size() == 1 ? CredentialApi.reachedBy(hosts.getFirst()) : Set.of();
    }

    /**
     * A target with one leading slash. A client that concatenates {@code http://169.254.170.2/} and
     * {@code /v2/credentials} requests {@code //v2/credentials}. In a request target that is a path, although
     * {@link URI} parses it as an authority (RFC 9112, section 3.2.1).
     */
    private static String oneLeadingSlash(String target) {
        int slashes = 0;
        while (slashes < target.length() && target.charAt(slashes) == '/') {
            slashes++;
        }
        return slashes < 2 ? target : target.substring(slashes - 1);
    }

    /** The route of a target. No path contains a {@code #}, so a target with a fragment has none. */
    private Optional<Routes.Route> find(CredentialApi api, String target) {
        int mark = target.indexOf('?');
        return mark < 0
                ? routes.find(api, target, null)
                : routes.find(api, target.substring(0, mark), target.substring(mark + 1));
    }

    private Optional<Routes.Route> route(Set<CredentialApi> apis, String target) {
        for (CredentialApi api : apis) {
            Optional<Routes.Route> route = find(api, target);
            if (route.isPresent()) {
                return route;
            }
        }
        return Optional.empty();
    }

    private static boolean hasProxyHeader(Headers headers) {
        for (String name : headers.keySet()) {
            if (isProxyHeader(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isProxyHeader(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        return name.startsWith("x-forwarded") || name.equals("forwarded") || name.equals("via");
    }

    private static boolean hasBody(Headers headers) {
        return headers.containsKey("Transfer-Encoding")
                || !headers.getOrDefault("Content-Length", List.of("0")).equals(List.of("0"));
    }
}
