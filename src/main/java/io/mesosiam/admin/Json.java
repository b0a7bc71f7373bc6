package io.mesosiam.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Optional;

/** Reads and writes JSON exactly: numbers keep their digits, and a repeated key is refused. */
public final class Json {
    /** For the stack: values are examined level by level. */
    private static final int MOST_LEVELS = 100;

    /** For the heap: a name or value takes up to 100 bytes. 1 MiB of policies has half as many. */
    private static final long MOST_TOKENS = 200_000;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MOST_LEVELS)
                            .maxTokenCount(MOST_TOKENS)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Json() {}

    /** A text is not one JSON value. The message says why and where, and quotes nothing of the text: it may be a secret. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        private Malformed(String message) {
            super(message, null, false, false);
        }

        private static Malformed of(JsonProcessingException failure) {
            String what =
                    switch (failure) {
                        case JsonEOFException _ -> "it ends too early";
                        case MismatchedInputException _ -> "something follows its value";
                        case StreamConstraintsException _ ->
                            "it is nested too deeply, has too many values, or has a number that is too long";
                        default ->
                            String.valueOf(failure.getOriginalMessage()).startsWith("Duplicate field")
                                    ? "an object has a key twice"
                                    : "it is not well-formed JSON";
                    };
            JsonLocation where = failure.getLocation();
            return new Malformed(
                    where == null || where.getLineNr() < 1
                            ? what
                            : what + ", at line " + where.getLineNr() + ", column " + where.getColumnNr());
        }
    }

    /**
     * Reads one JSON value.
     *
     * @throws Malformed if the text is not one, or an object in it has a key twice
     */
    public static JsonNode parse(String text) throws Malformed {
        try {
            JsonNode node = MAPPER.readTree(text);
            if (node == null || node.isMissingNode()) {
                throw new Malformed("it is empty");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw Malformed.of(e);
        }
    }

    /** Empty if the text is not one JSON value, or an object in it has a key twice. */
    public static Optional<JsonNode> read(String text) {
        try {
            return Optional.of(parse(text));
        } catch (Malformed e) {
            return Optional.empty();
        }
    }

    /** A JSON column's value. */
    public static JsonNode stored(String text) {
        return read(text).orElseThrow(() -> new IllegalStateException("a JSON column holds no JSON"));
    }
}
