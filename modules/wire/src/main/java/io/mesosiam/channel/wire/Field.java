package io.mesosiam.channel.wire;

import io.mesosiam.secret.Secret;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** A field of an object on the wire: its name and how its value is read. */
record Field<T>(String name, ValueReader<T> value) {
    /** Reads the current token and all that belong to its value. */
    @FunctionalInterface
    interface ValueReader<T> {
        T read(FrameReader in) throws IOException, MalformedFrameException;
    }

    static Field<String> text(String name) {
        return new Field<>(name, FrameReader::text);
    }

    static Field<Long> number(String name) {
        return new Field<>(name, FrameReader::number);
    }

    static Field<Instant> instant(String name) {
        return new Field<>(name, FrameReader::instant);
    }

    static Field<Secret> secret(String name) {
        return new Field<>(name, FrameReader::secret);
    }

    static <T> Field<T> object(String name, ValueReader<T> object) {
        return new Field<>(name, object);
    }

    static <T> Field<List<T>> list(String name, ValueReader<T> item) {
        return new Field<>(name, in -> in.list(item));
    }
}
