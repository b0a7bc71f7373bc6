package io.mesosiam.agent.serve;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.Request;
import io.mesosiam.agent.serve.Reading.Unreadable;
import io.mesosiam.agent.serve.Reading.WrongMethod;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which requests are an SDK's, and what they ask for. Everything that a browser, a proxy or a confused program would send
 * differently is refused before anybody asks who is calling.
 */
record RequestRule(Routes routes) {
    private static final Set<String> PROTOCOLS = Set.of("HTTP/1.1", "HTTP/1.0");

    /** Reads a request; never throws, whatever it is. */
    Reading read(Request request, String protocol) {
        if (!PROTOCOLS.contains(protocol)) {
            return new Unreadable(Failure.NOT_HTTP_1);
        }
        Headers headers = request.getRequestHeaders();
        URI uri = request.getRequestURI();
        Set<Surface> surfaces = surfaces(headers);
        if (surfaces.isEmpty() || uri.isAbsolute() || uri.getRawAuthority() != null) {
            return new Unreadable(Failure.WRONG_HOST);
        }
        if (headers.keySet().stream().anyMatch(RequestRule::toldByProxy)) {
            return new Unreadable(Failure.FORWARDED);
        }
        Optional<Routes.Route> route = surfaces.stream()
                .flatMap(surface -> find(surface, uri).stream())
                .findFirst();
        if (route.isEmpty()) {
            return new Unreadable(Failure.NOT_FOUND);
        }
        if (!request.getRequestMethod().equals(route.get().method())) {
            return new WrongMethod(route.get().method());
        }
        if (hasBody(headers)) {
            return new Unreadable(Failure.BODY_NOT_ALLOWED);
        }
        return route.get().read().apply(headers);
    }

    private static Set<Surface> surfaces(Headers headers) {
        List<String> hosts = headers.getOrDefault("Host", List.of());
        return hosts.size() == 1 ? Surface.reachedBy(hosts.getFirst()) : Set.of();
    }

    /** A target is a path and perhaps a query; with anything else in it, such as a fragment or an empty authority, it isn't an SDK's. */
    private Optional<Routes.Route> find(Surface surface, URI uri) {
        String path = uri.getRawPath();
        String query = uri.getRawQuery();
        return uri.toString().equals(query == null ? path : path + "?" + query)
                ? routes.find(surface, path, query)
                : Optional.empty();
    }

    private static boolean toldByProxy(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        return name.startsWith("x-forwarded") || name.equals("forwarded") || name.equals("via");
    }

    private static boolean hasBody(Headers headers) {
        return headers.containsKey("Transfer-Encoding")
                || !headers.getOrDefault("Content-Length", List.of("0")).equals(List.of("0"));
    }
}
