package io.mesosiam.agent.serve;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * One answer, written in one go. Errors are an object of {@code code} and {@code message} under exactly {@code
 * application/json}: under any other type Go's SDK shows neither.
 */
final class Reply {
    private static final JsonFactory JSON = new JsonFactory();

    private final int status;
    private final byte[] body;
    private final boolean close;

    private Reply(int status, byte[] body, boolean close) {
        this.status = status;
        this.body = body;
        this.close = close;
    }

    /** The credentials; the array is the reply's from now on. */
    static Reply ok(byte[] body) {
        return new Reply(200, body, false);
    }

    static Reply error(int status, String code, String message) {
        ByteArrayOutputStream body = new ByteArrayOutputStream(256);
        try (JsonGenerator out = JSON.createGenerator(body)) {
            out.writeStartObject();
            out.writeStringField("code", code);
            out.writeStringField("message", message);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return new Reply(status, body.toByteArray(), false);
    }

    /** The same, and the connection ends: what else the client sent on it is not read. */
    Reply closing() {
        return new Reply(status, body, true);
    }

    /** Sends it and overwrites the body. */
    void send(HttpExchange exchange) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", "application/json");
        headers.set("Cache-Control", "no-store");
        if (status == 405) {
            headers.set("Allow", "GET");
        }
        if (close) {
            headers.set("Connection", "close");
        }
        try (exchange) {
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.sendResponseHeaders(status, -1);
                return;
            }
            exchange.sendResponseHeaders(status, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        } finally {
            Arrays.fill(body, (byte) 0);
        }
    }
}
