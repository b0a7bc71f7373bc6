package io.mesosiam.channel.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Configuration of the JSON library for both codecs: bounded, and without caches that keep contents of earlier frames.
 */
final class WireJson {
    static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxDocumentLength(Protocol.MAX_FRAME)
                    .maxNestingDepth(16)
                    .maxStringLength(64 * 1024)
                    .maxNameLength(64)
                    .maxNumberLength(20)
                    .build())
            // A sender could fill a table of names that all frames share.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            // A recycled buffer would keep key material.
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            // Closing the target zeroes it, so it is closed after it is read; a message that fails half-way must not
            // look complete.
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
            .build();

    private WireJson() {}

    /** Decodes a frame given as UTF-8. */
    static <M> Decoded<M> decode(byte[] utf8, Decoder<M> decoder) throws MalformedFrameException {
        if (utf8.length > Protocol.MAX_FRAME) {
            throw new MalformedFrameException(
                    "frame: has " + utf8.length + " bytes, at most " + Protocol.MAX_FRAME + " are read");
        }
        CharBuffer text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
        } catch (CharacterCodingException e) {
            throw new MalformedFrameException("frame: is not UTF-8");
        }
        try {
            return decoder.decode(text.array(), text.limit());
        } finally {
            Arrays.fill(text.array(), '\0');
        }
    }

    /** Decodes the first {@code length} characters. */
    @FunctionalInterface
    interface Decoder<M> {
        Decoded<M> decode(char[] text, int length) throws MalformedFrameException;
    }
}
