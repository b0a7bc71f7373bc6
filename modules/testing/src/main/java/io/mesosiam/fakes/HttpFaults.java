package io.mesosiam.fakes;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Faults of an HTTP server: a filter in front of the server's own handler. It keeps every request, and answers requests
 * for the paths that a test has chosen. All others reach the handler.
 */
public final class HttpFaults extends Filter {
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /** One request, as it arrived. */
    public record Request(String method, String path, Optional<String> authorization, String body) {}

    /** Answers a request, or changes the exchange and passes it to the server's own handler. */
    @FunctionalInterface
    public interface Answer {
        void give(HttpExchange exchange, Request request, HttpHandler own) throws IOException;
    }

    /** Answers further requests for a path with this status and body; for 307, {@code body} is the Location. */
    public void answers(String path, int status, String body) {
        on(path, (exchange, _, _) -> {
            if (status == 307) {
                exchange.getResponseHeaders().set("Location", body);
            }
            send(exchange, status, status == 307 ? "" : body);
        });
    }

    /** Gives further requests for a path to {@code answer}. */
    public void on(String path, Answer answer) {
        answers.put(path, answer);
    }

    /** Lets the server's own handler answer further requests for a path. */
    public void clear(String path) {
        answers.remove(path);
    }

    /** The requests so far, oldest first. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    @Override
    public String description() {
        return "faults for tests";
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        exchange.setStreams(new ByteArrayInputStream(body), null);
        var request = new Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")),
                new String(body, StandardCharsets.UTF_8));
        requests.add(request);
        Answer answer = answers.get(request.path());
        if (answer == null) {
            chain.doFilter(exchange);
        } else {
            answer.give(exchange, request, chain::doFilter);
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }
}
