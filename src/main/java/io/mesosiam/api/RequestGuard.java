package io.mesosiam.api;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks every request of a port before anything else reads it. Pure.
 *
 * <p>Listening on loopback keeps out the network, but not a page in an operator's browser whose name was made to
 * resolve to loopback (DNS rebinding). Such a request carries the host name of the page; only loopback names are
 * served.
 *
 * @param loopbackOnly whether only loopback names are served: true for a port that listens on loopback
 */
record RequestGuard(boolean loopbackOnly) {
    /** {@code host} or {@code host:port} (RFC 9110 section 7.2); an IPv6 address is in brackets. */
    private static final Pattern AUTHORITY =
            Pattern.compile("(?<host>\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._~!$&'()*+,;=%-]+)(:[0-9]{0,5})?");

    private static final Pattern AMBIGUOUS = Pattern.compile("//|/(\\.|%2[Ee]){1,2}(/|$)|^/api/.*/$");

    /** Enough for all parameters of an operation at their longest, at four bytes a character, percent-encoded. */
    static final int MAX_TARGET = 32_768;

    static final int MAX_HEADERS = 32_768;
    static final long MAX_BODY = 1_048_576;

    /** A reason for a refusal, with the text for the caller. */
    record Objection(ProblemCode code, String detail) {}

    /**
     * The first problem of a request.
     *
     * @param target the target of the request line, {@code /path?query} or {@code http://host/path}
     * @param hosts the values of all Host headers, or the authority of HTTP/2
     * @param headers all headers, in order
     */
    Optional<Objection> objection(String target, List<String> hosts, List<Map.Entry<String, String>> headers) {
        if (target.length() > MAX_TARGET) {
            return object(ProblemCode.TARGET_TOO_LONG, "path and query have at most " + MAX_TARGET + " characters");
        }
        if (size(headers) > MAX_HEADERS) {
            return object(ProblemCode.HEADERS_TOO_LARGE, "all headers together have at most " + MAX_HEADERS + " bytes");
        }
        if (hosts.size() != 1) {
            return object(ProblemCode.MALFORMED_REQUEST, "a request has exactly one Host header");
        }
        Optional<URI> uri = parse(target);
        if (uri.isEmpty()) {
            return object(ProblemCode.MALFORMED_REQUEST, "the request's path or query is not a URI");
        }
        if (isAmbiguous(uri.get().getRawPath())) {
            return object(
                    ProblemCode.MALFORMED_REQUEST,
                    "the path has two slashes in a row, a segment . or .., or a slash at its end");
        }
        Optional<String> empty = emptyCondition(headers);
        if (empty.isPresent()) {
            return object(ProblemCode.MALFORMED_REQUEST, "the header " + empty.get() + " is empty");
        }
        if (hasOtherEncoding(headers)) {
            // where such a request ends can't be known (RFC 9112 section 6.3)
            return object(ProblemCode.MALFORMED_REQUEST, "a Transfer-Encoding is chunked alone");
        }
        if (bodyLength(headers).filter(length -> length > MAX_BODY).isPresent()) {
            return object(ProblemCode.BODY_TOO_LARGE, "a body has at most " + MAX_BODY + " bytes");
        }
        // an absolute target takes precedence over the Host header (RFC 9112 section 3.2.2)
        return host(hosts.getFirst())
                .or(() -> Optional.ofNullable(uri.get().getRawAuthority()).flatMap(this::host));
    }

    private Optional<Objection> host(String authority) {
        var form = AUTHORITY.matcher(authority);
        if (!form.matches()) {
            return object(ProblemCode.MALFORMED_REQUEST, "the Host header is not host or host:port");
        }
        return loopbackOnly && !Loopback.isLoopback(form.group("host"))
                ? object(ProblemCode.WRONG_HOST, "this API answers to loopback names only")
                : Optional.empty();
    }

    private static Optional<URI> parse(String target) {
        try {
            URI uri = new URI(target);
            boolean absolute = "http".equalsIgnoreCase(uri.getScheme()) && uri.getRawAuthority() != null;
            // a target that begins with two slashes parses as one with a host, and is a path
            return absolute || (uri.getScheme() == null && target.startsWith("/") && !target.startsWith("//"))
                    ? Optional.of(uri)
                    : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** The router would take such a path for another one: {@code /namespaces//data} for {@code /namespaces/data}. */
    private static boolean isAmbiguous(@Nullable String path) {
        return path != null && AMBIGUOUS.matcher(path).find();
    }

    private static long size(List<Map.Entry<String, String>> headers) {
        return headers.stream()
                .mapToLong(
                        header -> header.getKey().length() + header.getValue().getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }

    /** REST would take it for absent, and the write would have no condition. */
    private static Optional<String> emptyCondition(List<Map.Entry<String, String>> headers) {
        return headers.stream()
                .filter(header -> header.getValue().isBlank())
                .map(Map.Entry::getKey)
                .filter(name -> name.equalsIgnoreCase("If-Match") || name.equalsIgnoreCase("If-None-Match"))
                .findFirst();
    }

    private static boolean hasOtherEncoding(List<Map.Entry<String, String>> headers) {
        return headers.stream()
                .anyMatch(header -> header.getKey().equalsIgnoreCase("transfer-encoding")
                        && !header.getValue().equalsIgnoreCase("chunked"));
    }

    private static Optional<Long> bodyLength(List<Map.Entry<String, String>> headers) {
        return headers.stream()
                .filter(header -> header.getKey().equalsIgnoreCase("content-length"))
                .map(Map.Entry::getValue)
                .filter(length -> length.matches("[0-9]{1,18}"))
                .map(Long::valueOf)
                .findFirst();
    }

    private static Optional<Objection> object(ProblemCode code, String detail) {
        return Optional.of(new Objection(code, detail));
    }
}
