package io.mesosiam.agent.enrol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.mesosiam.line.OneLine;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The body of a controller's answer to an enrolment.
 *
 * @param certificate PEM, the leaf and the intermediates
 * @param authorities PEM, the roots
 */
record EnrolmentAnswer(String certificate, String authorities) {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final int LONGEST_MESSAGE = 300;

    /** @throws IOException if it is not the answer of a controller */
    static EnrolmentAnswer read(byte[] body) throws IOException {
        Map<String, String> fields = texts(body);
        String certificate = fields.get("certificate");
        String authorities = fields.get("authorities");
        if (certificate == null || authorities == null) {
            throw new IOException("its answer has no certificate, or no authorities");
        }
        return new EnrolmentAnswer(certificate, authorities);
    }

    /** The message of a refusal, in one line. */
    static String message(byte[] body) {
        try {
            String message = texts(body).getOrDefault("message", "no message");
            return OneLine.of(message.length() <= LONGEST_MESSAGE ? message : OneLine.cut(message, LONGEST_MESSAGE));
        } catch (IOException e) {
            return "no message";
        }
    }

    /** The fields of an object that are texts; others are skipped. */
    private static Map<String, String> texts(byte[] body) throws IOException {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("its answer is no JSON object");
            }
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                if (json.nextToken() == JsonToken.VALUE_STRING) {
                    fields.put(field, json.getText());
                } else {
                    json.skipChildren();
                }
            }
            if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
                throw new IOException("its answer is no JSON object");
            }
            return fields;
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            // its message quotes the input
            throw new IOException("its answer is malformed JSON", e);
        }
    }
}
