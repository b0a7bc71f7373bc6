package io.mesosiam.mesos.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.mesosiam.line.OneLine;
import io.mesosiam.mesos.MesosText;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads a master's JSON as a stream of tokens and skips unneeded fields. The two formats of the API differ in one
 * respect: for instance, an id is a string in {@code /state} and {@code {"value": …}} in v1. The readers accept both.
 * Invalid bytes within one element are replaced first: see {@link MendedJson}.
 */
public final class MasterJson {
    /**
     * Maximum length of a value. Longer ones are cut, so that one task's label can't make the complete listing fail.
     */
    static final int MAX_TEXT = 64 * 1024;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(200)
                    .maxStringLength(1 << 30)
                    .maxNameLength(1 << 30)
                    .build())
            // The owner of the response closes its stream.
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            // A Mesos agent chooses the names of its attributes; neither these may make the listing fail.
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
            .build();

    private MasterJson() {}

    /** Converts one document. */
    public interface Reader<T> {
        T read(JsonParser json) throws IOException;
    }

    /**
     * Reads one document.
     *
     * @param what names the document in the message of a {@link Malformed}
     * @throws Malformed if the bytes are not JSON, or not of the expected form
     * @throws IOException as thrown by {@code in}
     */
    public static <T> T document(String what, InputStream in, Reader<T> reader) throws IOException {
        try (JsonParser json = FACTORY.createParser(new MendedJson(in))) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new Unreadable("is not a JSON object");
            }
            try {
                return reader.read(json);
            } catch (JsonProcessingException | Unreadable e) {
                String reason = e instanceof JsonProcessingException j ? j.getOriginalMessage() : e.getMessage();
                throw new Malformed(
                        "%s: unexpected JSON at %s: %s"
                                .formatted(
                                        what,
                                        MesosText.abbreviated(
                                                json.getParsingContext().pathAsPointer()),
                                        MesosText.abbreviated(String.valueOf(reason))),
                        e);
            }
        } catch (JsonProcessingException | Unreadable e) {
            throw new Malformed(what + ": not JSON: " + MesosText.abbreviated(String.valueOf(e.getMessage())), e);
        }
    }

    /** Thrown for a document that can't be read. The message names the document and the problem. */
    public static final class Malformed extends IOException {
        private static final long serialVersionUID = 1L;

        Malformed(String message, Throwable cause) {
            super(message, cause);
        }

        @Override
        public String getMessage() {
            return Objects.requireNonNull(super.getMessage());
        }
    }

    /** Thrown for well-formed JSON in which a required value is missing. */
    static final class Unreadable extends IOException {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message);
        }
    }

    /** Returns the text of a string or number. Anything else is skipped and returned as the empty string. */
    static String text(JsonParser json) throws IOException {
        if (json.currentToken().isScalarValue()) {
            String text = json.currentToken() == JsonToken.VALUE_NULL ? "" : json.getText();
            return OneLine.start(text, MAX_TEXT);
        }
        json.skipChildren();
        return "";
    }

    /**
     * Like {@link #text}, for values that policies compare: a value that can't be read correctly contains U+FFFD and is
     * neither equal nor unequal to any other ({@link MesosText#isReadable}).
     */
    static String compared(JsonParser json) throws IOException {
        boolean whole = json.currentToken().isScalarValue() && json.currentToken() != JsonToken.VALUE_NULL;
        boolean cut = whole && json.getTextLength() > MAX_TEXT;
        String text = text(json);
        return whole && !cut ? text : text + MesosText.REPLACED;
    }

    /** Returns an id or other single value in either format: {@code "x"} or {@code {"value": "x"}}. */
    static String value(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            return text(json);
        }
        String value = "";
        Fields fields = new Fields(json);
        for (String field = fields.next(); field != null; field = fields.next()) {
            if (field.equals("value")) {
                value = text(json);
            }
        }
        return value;
    }

    static boolean bool(JsonParser json) throws IOException {
        return text(json).equals("true");
    }

    static Optional<String> present(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /** Calls {@code read} for each object of an array; it must consume the object. Anything else is skipped. */
    static void eachObject(JsonParser json, Step read) throws IOException {
        each(json, element -> {
            if (element.currentToken() == JsonToken.START_OBJECT) {
                read.step(element);
            } else {
                element.skipChildren();
            }
        });
    }

    /** Calls {@code read} for each element of an array; it must consume the element. Anything but an array is skipped. */
    static void each(JsonParser json, Step read) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            read.step(json);
        }
    }

    /** Reads the parser's current value. */
    interface Step {
        void step(JsonParser json) throws IOException;
    }
}
