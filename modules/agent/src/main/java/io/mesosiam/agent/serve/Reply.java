package io.mesosiam.agent.serve;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mesosiam.agent.serve.http.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * One answer, written at once. Errors are an object of {@code code} and {@code message} with exactly the type
 * {@code application/json}: Go's SDK shows the fields for no other type.
 */
final class Reply {
    private static final JsonFactory JSON = new JsonFactory();

    private static final String OK = "OK";
    private static final String REFUSED = "Refused";

    private final String outcome;
    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    private final boolean close;

    private Reply(String outcome, int status, Map<String, String> headers, byte[] body, boolean close) {
        this.outcome = outcome;
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.close = close;
    }

    /** A document. The reply owns the array from now on. */
    static Reply json(byte[] body) {
        return new Reply(OK, 200, Map.of("Content-Type", "application/json"), body, false);
    }

    /** One line without a line end, as the metadata service writes it. */
    static Reply text(String line) {
        return new Reply(OK, 200, Map.of("Content-Type", "text/plain"), line.getBytes(US_ASCII), false);
    }

    static Reply failure(Failure failure) {
        return error(failure.code(), failure.status(), failure.code(), failure.message(), failure.closes());
    }

    /** The controller's refusal, with its code and message. */
    static Reply refusal(Answer.Refusal refusal) {
        return error(REFUSED, 403, refusal.code(), refusal.message(), false);
    }

    private static Reply error(String outcome, int status, String code, String message, boolean close) {
        ByteArrayOutputStream body = new ByteArrayOutputStream(256);
        try (JsonGenerator out = JSON.createGenerator(body)) {
            out.writeStartObject();
            out.writeStringField("code", code);
            out.writeStringField("message", message);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return new Reply(outcome, status, Map.of("Content-Type", "application/json"), body.toByteArray(), close);
    }

    /** The same with an additional header. */
    Reply with(String header, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(header, value);
        return new Reply(outcome, status, Map.copyOf(more), body, close);
    }

    /** The outcome as one of a few constants: a {@link Failure}'s code, an answer, or a refusal by the controller. */
    String outcome() {
        return outcome;
    }

    /** The answer as it is sent. It owns the body. */
    Response response() {
        Map<String, String> all = new HashMap<>(headers);
        all.put("Cache-Control", "no-store");
        return new Response(status, all, body, close);
    }
}
