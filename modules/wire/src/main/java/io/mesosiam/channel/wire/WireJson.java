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

/** How both codecs set the JSON library: bounded, and without memory of what earlier frames held. */
final class WireJson {
    static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxDocumentLength(Protocol.MAX_FRAME)
                    .maxNestingDepth(16)
                    .maxStringLength(64 * 1024)
                    .maxNameLength(64)
                    .maxNumberLength(20)
                    .build())
            // A table of names that is shared by all frames would be the sender's to fill.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            // A recycled buffer would keep key material for the next frame.
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            // Closing the target is what zeroes it, and comes after it is read; a message that fails half-way must not
            // look whole.
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
            .build();

    private WireJson() {}

    /** Reads a frame that is at hand as UTF-8. */
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

    /** Reads the first {@code length} characters. */
    @FunctionalInterface
    interface Decoder<M> {
        Decoded<M> decode(char[] text, int length) throws MalformedFrameException;
    }
}
