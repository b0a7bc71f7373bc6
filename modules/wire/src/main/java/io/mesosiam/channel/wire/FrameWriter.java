package io.mesosiam.channel.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mesosiam.secret.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Writes one frame. Key material is copied from its bytes to the frame, and the buffer between them is zeroed. */
final class FrameWriter {
    private final JsonGenerator json;

    private FrameWriter(JsonGenerator json) {
        this.json = json;
    }

    /** Writes the fields of one object. */
    @FunctionalInterface
    interface Body {
        void write(FrameWriter out) throws IOException;
    }

    /** Writes the fields of one item of a list. */
    @FunctionalInterface
    interface Item<T> {
        void write(FrameWriter out, T item) throws IOException;
    }

    /** The frame in UTF-8. */
    static byte[] frame(JsonFactory factory, Body body) {
        try (ZeroedBuffer buffer = new ZeroedBuffer()) {
            try (JsonGenerator json = factory.createGenerator(buffer)) {
                json.writeStartObject();
                body.write(new FrameWriter(json));
                json.writeEndObject();
            }
            return buffer.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
    }

    FrameWriter text(String field, String value) throws IOException {
        json.writeStringField(field, value);
        return this;
    }

    FrameWriter text(String field, Optional<String> value) throws IOException {
        return value.isPresent() ? text(field, value.get()) : this;
    }

    FrameWriter number(String field, long value) throws IOException {
        json.writeNumberField(field, value);
        return this;
    }

    FrameWriter instant(String field, Instant value) throws IOException {
        return text(field, value.toString());
    }

    FrameWriter secret(String field, Secret value) throws IOException {
        byte[] utf8 = value.reveal();
        json.writeFieldName(field);
        json.writeUTF8String(utf8, 0, utf8.length);
        return this;
    }

    FrameWriter object(String field, Body body) throws IOException {
        json.writeObjectFieldStart(field);
        body.write(this);
        json.writeEndObject();
        return this;
    }

    FrameWriter texts(String field, List<String> values) throws IOException {
        json.writeArrayFieldStart(field);
        for (String each : values) {
            json.writeString(each);
        }
        json.writeEndArray();
        return this;
    }

    <T> FrameWriter list(String field, List<T> items, Item<T> item) throws IOException {
        json.writeArrayFieldStart(field);
        for (T each : items) {
            json.writeStartObject();
            item.write(this, each);
            json.writeEndObject();
        }
        json.writeEndArray();
        return this;
    }

    private static final class ZeroedBuffer extends ByteArrayOutputStream {
        @Override
        public void close() {
            Arrays.fill(buf, (byte) 0);
        }
    }
}
