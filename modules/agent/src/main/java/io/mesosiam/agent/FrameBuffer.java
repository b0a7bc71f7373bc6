package io.mesosiam.agent;

import io.mesosiam.channel.wire.Protocol;
import java.util.Arrays;

/** The characters of one frame, put together from what arrives. What it held is zeroed as soon as it isn't needed. */
final class FrameBuffer {
    private static final int USUAL = 8 * 1024;

    private char[] text = new char[USUAL];
    private int length;

    /** Takes more of the frame in, unless that makes it longer than a frame may be. */
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

    /** The buffer itself, of which the first {@link #length} characters count. */
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
