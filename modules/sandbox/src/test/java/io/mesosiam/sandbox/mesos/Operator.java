package io.mesosiam.sandbox.mesos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** An HTTP client of a master, for tests. */
final class Operator implements AutoCloseable {
    static final ObjectMapper MAPPER = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI master;

    Operator(URI master) {
        this.master = master;
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(master.resolve(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    JsonNode json(String path) throws IOException, InterruptedException {
        return MAPPER.readTree(get(path).body());
    }

    HttpResponse<String> call(String body, String... headers) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(master.resolve("/api/v1")).POST(BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    JsonNode call(String type) throws IOException, InterruptedException {
        String field = type.toLowerCase(java.util.Locale.ROOT);
        return MAPPER.readTree(
                call("{\"type\":\"" + type + "\",\"" + field + "\":{}}", "Content-Type", "application/json")
                        .body());
    }

    HttpResponse<String> put(String body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(master.resolve("/api/v1"))
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(body));
        return http.send(request.build(), BodyHandlers.ofString());
    }

    Stream subscribe(String... headers) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(master.resolve("/api/v1"))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json")
                .POST(BodyPublishers.ofString("{\"type\":\"SUBSCRIBE\"}"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return new Stream(http.send(request.build(), BodyHandlers.ofInputStream()));
    }

    static String[] as(String principal, String secret) {
        String pair = Base64.getEncoder().encodeToString((principal + ":" + secret).getBytes(StandardCharsets.UTF_8));
        return new String[] {"Authorization", "Basic " + pair};
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /** A stream of RecordIO. */
    record Stream(HttpResponse<InputStream> response) implements AutoCloseable {
        /** The next event; waits for it. */
        JsonNode next() throws IOException {
            int length = 0;
            for (int digit = read(); digit != '\n'; digit = read()) {
                length = length * 10 + Character.digit(digit, 10);
            }
            return MAPPER.readTree(response.body().readNBytes(length));
        }

        /** The next event that isn't a heartbeat. */
        JsonNode nextEvent() throws IOException {
            JsonNode event = next();
            return event.path("type").asText().equals("HEARTBEAT") ? nextEvent() : event;
        }

        String nextType() throws IOException {
            return nextEvent().path("type").asText();
        }

        private int read() throws IOException {
            int b = response.body().read();
            if (b < 0) {
                throw new EOFException("the stream has ended");
            }
            return b;
        }

        @Override
        public void close() throws IOException {
            response.body().close();
        }
    }
}
