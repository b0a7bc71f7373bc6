package io.mesosiam.channel.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mesosiam.secret.Secret;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Reads one frame in sequence. Every error names its field; none contains a value, which might be misplaced key
 * material.
 */
final class FrameReader implements AutoCloseable {
    static final int MAX_LIST = 20_000;
    private static final Object SKIPPED = new Object();

    private final JsonParser json;

    /** Reads {@code text} in place: a {@link Secret} leaves no other copy. */
    FrameReader(JsonFactory factory, char[] text, int start, int length) throws MalformedFrameException {
        if (length > Protocol.MAX_FRAME) {
            throw new MalformedFrameException(
                    "frame: has " + length + " characters, at most " + Protocol.MAX_FRAME + " are read");
        }
        try {
            this.json = factory.createParser(text, start, length);
        } catch (IOException e) {
            throw new AssertionError("reading from memory", e);
        }
    }

    /** The whole frame: one object and nothing after it. */
    <T> T message(Field.ValueReader<T> reader) throws MalformedFrameException {
        try {
            json.nextToken();
            T message = reader.read(this);
            if (json.nextToken() != null) {
                throw fault("goes on after its message");
            }
            return message;
        } catch (IOException e) {
            // the message of Jackson quotes the input
            throw fault("is not well-formed JSON, or exceeds a limit, at character "
                    + json.currentLocation().getCharOffset());
        }
    }

    /** Enters an object and reads its first field, which names its type. */
    String kind(String field) throws IOException, MalformedFrameException {
        expect(JsonToken.START_OBJECT, "an object");
        if (!field.equals(json.nextFieldName())) {
            throw fault("must begin with the field '" + field + "'");
        }
        json.nextToken();
        return text();
    }

    /** Reads a whole object. */
    <T> T object(List<Field<?>> fields, Function<Fields, T> make) throws IOException, MalformedFrameException {
        expect(JsonToken.START_OBJECT, "an object");
        return rest(fields, make);
    }

    /**
     * Reads the rest of the current object. Unknown fields, which a newer peer adds, are skipped.
     *
     * @param make creates the result; its exception for an invalid or missing value becomes the error of the frame
     */
    <T> T rest(List<Field<?>> fields, Function<Fields, T> make) throws IOException, MalformedFrameException {
        Fields values = new Fields();
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            json.nextToken();
            if (!values.put(name, value(fields, name))) {
                throw fault("appears twice");
            }
        }
        if (json.currentToken() != JsonToken.END_OBJECT) {
            throw fault("must be closed");
        }
        try {
            return make.apply(values);
        } catch (IllegalArgumentException e) {
            throw fault(String.valueOf(e.getMessage()));
        }
    }

    private Object value(List<Field<?>> fields, String name) throws IOException, MalformedFrameException {
        for (Field<?> field : fields) {
            if (field.name().equals(name)) {
                return field.value().read(this);
            }
        }
        json.skipChildren();
        return SKIPPED;
    }

    /** Skips the rest of the current object. */
    void skipRest() throws IOException {
        while (json.nextFieldName() != null) {
            json.nextToken();
            json.skipChildren();
        }
    }

    <T> List<T> list(Field.ValueReader<T> item) throws IOException, MalformedFrameException {
        expect(JsonToken.START_ARRAY, "a list");
        List<T> items = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (items.size() == MAX_LIST) {
                throw fault("is beyond the " + MAX_LIST + " items that a list may hold");
            }
            items.add(item.read(this));
        }
        return items;
    }

    String text() throws IOException, MalformedFrameException {
        expect(JsonToken.VALUE_STRING, "a string");
        return json.getText();
    }

    long number() throws IOException, MalformedFrameException {
        expect(JsonToken.VALUE_NUMBER_INT, "a whole number");
        return json.getLongValue();
    }

    Instant instant() throws IOException, MalformedFrameException {
        try {
            return Instant.parse(text());
        } catch (DateTimeException e) {
            throw fault("must be an instant of ISO 8601");
        }
    }

    /** Key material, converted from the frame's characters to bytes without a String. */
    Secret secret() throws IOException, MalformedFrameException {
        expect(JsonToken.VALUE_STRING, "a string");
        char[] text = json.getTextCharacters();
        int offset = json.getTextOffset();
        byte[] bytes = new byte[json.getTextLength()];
        try {
            for (int i = 0; i < bytes.length; i++) {
                char c = text[offset + i];
                if (c > '~') {
                    throw fault("must be printable ASCII");
                }
                bytes[i] = (byte) c;
            }
            return new Secret(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** An error at the current field, or at the object that has just ended. */
    MalformedFrameException fault(String what) {
        String path = json.getParsingContext().pathAsPointer().toString();
        return new MalformedFrameException((path.isEmpty() ? "frame" : path) + ": " + what);
    }

    private void expect(JsonToken token, String what) throws MalformedFrameException {
        if (json.currentToken() != token) {
            throw fault("must be " + what);
        }
    }

    @Override
    public void close() {
        try {
            json.close();
        } catch (IOException e) {
            throw new AssertionError("reading from memory", e);
        }
    }
}
