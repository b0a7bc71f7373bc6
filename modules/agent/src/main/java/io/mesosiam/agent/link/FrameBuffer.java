package io.mesosiam.agent.link;

import io.mesosiam.channel.wire.Protocol;
import java.util.Arrays;

/**
 * The characters of one frame, assembled from the received parts. They are zeroed as soon as they are no longer needed.
 */
final class FrameBuffer {
    private static final int USUAL = 8 * 1024;

    private char[] text = new char[USUAL];
    private int length;

    /** Appends a part. Returns false, and appends nothing, if the frame would exceed the longest permitted frame. */
    boolean append(CharSequence part) {
        if (part.length() > Protocol.MAX_FRAME - length) {
            return false;
        }
        if (length + part.length() > text.length) {
            char[] grown = Arrays.copyOf(text, Math.max(length + part.length(), 2 * text.length));
            Arrays.fill(text, '\0');
            text = grown;
        }
        for (int i = 0; i < part.length(); i++) {
            text[length++] = part.charAt(i);
        }
        return true;
    }

    /** The buffer itself, whose first {@link #length} characters are the frame. */
    char[] text() {
        return text;
    }

    int length() {
        return length;
    }

    void clear() {
        Arrays.fill(text, 0, length, '\0');
        length = 0;
        if (text.length > 64 * USUAL) {
            text = new char[USUAL];
        }
    }
}
