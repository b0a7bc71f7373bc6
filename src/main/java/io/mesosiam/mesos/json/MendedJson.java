package io.mesosiam.mesos.json;

import io.mesosiam.mesos.MesosText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Repairs a master's JSON, so that invalid data from one task, framework or Mesos agent doesn't invalidate the document.
 * A master writes the structure itself and escapes quotes, but passes on the bytes of strings and the numbers that it
 * received:
 *
 * <ul>
 *   <li>In strings, each byte that is not UTF-8 and each invalid escape becomes U+FFFD.
 *   <li>A number or literal that is not JSON, has more than 64 characters or exceeds the range of a double becomes
 *       {@code null}.
 *   <li>A value that is nested too deeply becomes {@code null}.
 *   <li>What exceeds {@value #MAX_STRING} bytes of a string is left out, which is more than is read of one.
 * </ul>
 *
 * A repaired value never equals an undamaged one: see {@link MesosText#isReadable}. Valid bytes are not copied.
 */
final class MendedJson extends InputStream {
    /** Maximum nesting depth of a value. Mesos's own responses have fewer than 20 levels. */
    static final int MAX_DEPTH = 150;

    /** A character is at most six bytes, as an escape sequence. */
    private static final int MAX_STRING = 6 * (MasterJson.MAX_TEXT + 4);

    private static final int MAX_TOKEN = 64;
    private static final byte[] REPLACEMENT = "\uFFFD".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    private static final byte[] NOTHING = {};
    private static final boolean[] PLAIN = new boolean[256];
    private static final boolean[] TOKEN = new boolean[256];

    static {
        for (int b = 0; b < 256; b++) {
            PLAIN[b] = b < 0x80 && b != '"' && b != '\\';
            TOKEN[b] = b > ' ' && "\"{}[],:".indexOf(b) < 0;
        }
    }

    private final InputStream in;
    private final byte[] raw = new byte[8 * 1024];
    private int rawEnd;
    private boolean ended;

    private byte[] mended = new byte[0];
    private int mendedEnd;
    private byte[] served = raw;
    private int next;
    private int end;

    private boolean inString;

    /** How many bytes of the current string have been read, up to the limit. */
    private int length;

    private boolean inBadToken;
    private boolean tooDeep;
    private int depth;
    /** Index in {@code raw} of the first byte of the current unchanged section. */
    private int run;
    /** Index of the first byte that can't be interpreted without further input; it starts the next buffer. */
    private int rest;

    MendedJson(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        return fill() ? served[next++] & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, end - next);
        System.arraycopy(served, next, bytes, offset, count);
        next += count;
        return count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private boolean fill() throws IOException {
        while (next == end) {
            if (ended) {
                return false;
            }
            int left = rawEnd - rest;
            System.arraycopy(raw, rest, raw, 0, left);
            int count = in.read(raw, left, raw.length - left);
            ended = count < 0;
            rawEnd = left + Math.max(0, count);
            rest = rawEnd;
            mend();
        }
        return true;
    }

    private void mend() {
        run = 0;
        mendedEnd = 0;
        int at = 0;
        while (at < rawEnd && rest == rawEnd) {
            at = inString ? inString(at) : outside(at);
        }
        if (mendedEnd == 0 && !tooDeep && !inBadToken) {
            served = raw;
            next = run;
            end = rest;
        } else {
            pass(rest);
            served = mended;
            next = 0;
            end = mendedEnd;
        }
    }

    private int inString(int from) {
        int at = from;
        while (at < rawEnd && PLAIN[raw[at] & 0xff]) {
            at++;
        }
        int kept = Math.min(at - from, MAX_STRING - length);
        length += kept;
        if (from + kept < at) {
            replace(from + kept, at, NOTHING);
        }
        if (at == rawEnd) {
            return at;
        }
        byte one = raw[at];
        if (one == '"') {
            inString = false;
            return at + 1;
        }
        int bytes = one == '\\' ? escape(at) : sequence(at);
        if (at + Math.abs(bytes) > rawEnd && !ended) {
            rest = at;
            return rawEnd;
        }
        boolean valid = bytes > 0 && at + bytes <= rawEnd;
        int to = valid ? at + bytes : Math.min(rawEnd, at + (bytes < 0 ? -bytes : 1));
        if (length + to - at > MAX_STRING) {
            length = MAX_STRING;
            replace(at, to, NOTHING);
        } else if (valid) {
            length += bytes;
        } else {
            length += to - at;
            replace(at, to, REPLACEMENT);
        }
        return to;
    }

    private int outside(int from) {
        int at = from;
        if (inBadToken) {
            at = tokenEnd(at);
            run = at;
            inBadToken = at == rawEnd;
            return at;
        }
        switch (raw[at]) {
            case '"' -> {
                inString = true;
                length = 0;
            }
            case '{', '[' -> {
                if (++depth == MAX_DEPTH + 1) {
                    replace(at, at + 1, NULL);
                    tooDeep = true;
                }
            }
            case '}', ']' -> {
                if (depth-- == MAX_DEPTH + 1) {
                    tooDeep = false;
                    run = at + 1;
                }
            }
            default -> {
                return TOKEN[raw[at] & 0xff] ? token(at) : at + 1;
            }
        }
        return at + 1;
    }

    private int token(int from) {
        int to = tokenEnd(from);
        if (to == rawEnd && !ended && to - from <= MAX_TOKEN) {
            rest = from;
            return rawEnd;
        }
        if (to - from > MAX_TOKEN || !BareToken.isValid(raw, from, to)) {
            replace(from, to, NULL);
            inBadToken = to == rawEnd;
        }
        return to;
    }

    private int tokenEnd(int from) {
        int at = from;
        while (at < rawEnd && TOKEN[raw[at] & 0xff]) {
            at++;
        }
        return at;
    }

    /** Length of the escape sequence at {@code at}; for an invalid one, the negative number of bytes to replace. */
    private int escape(int at) {
        if (at + 1 >= rawEnd) {
            return 2;
        }
        if (raw[at + 1] != 'u') {
            return "\"\\/bfnrt".indexOf(raw[at + 1]) >= 0 ? 2 : -1;
        }
        if (at + 6 > rawEnd) {
            return ended ? -1 : 6;
        }
        int unit = hex(at + 2);
        if (unit < 0 || !Character.isSurrogate((char) unit)) {
            return unit < 0 ? -1 : 6;
        }
        if (Character.isLowSurrogate((char) unit)) {
            return -6;
        }
        if (at + 12 > rawEnd && !ended) {
            return 12;
        }
        boolean pair = at + 12 <= rawEnd
                && raw[at + 6] == '\\'
                && raw[at + 7] == 'u'
                && hex(at + 8) >= 0
                && Character.isLowSurrogate((char) hex(at + 8));
        return pair ? 12 : -6;
    }

    private int hex(int at) {
        int value = 0;
        for (int i = at; i < at + 4; i++) {
            int digit = raw[i] < 0 ? -1 : Character.digit(raw[i], 16);
            if (digit < 0) {
                return -1;
            }
            value = value * 16 + digit;
        }
        return value;
    }

    /** Length of the UTF-8 sequence at {@code at} (RFC 3629, section 4); -1 if it is invalid. */
    private int sequence(int at) {
        int lead = raw[at] & 0xff;
        int length = lead < 0xC2 ? -1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : -1;
        for (int i = 1; i < length; i++) {
            if (at + i >= rawEnd) {
                return length;
            }
            int least = i > 1 ? 0x80 : lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
            int most = i > 1 ? 0xBF : lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
            int one = raw[at + i] & 0xff;
            if (one < least || one > most) {
                return -1;
            }
        }
        return length;
    }

    private void replace(int from, int to, byte[] by) {
        pass(from);
        if (!tooDeep) {
            append(by, 0, by.length);
        }
        run = to;
    }

    /** Outputs the unchanged section up to {@code to}. */
    private void pass(int to) {
        if (!tooDeep && to > run) {
            append(raw, run, to - run);
        }
        run = Math.max(run, to);
    }

    private void append(byte[] from, int offset, int length) {
        if (mended.length == 0) {
            // In the worst case, each byte becomes four.
            mended = new byte[4 * raw.length];
        }
        System.arraycopy(from, offset, mended, mendedEnd, length);
        mendedEnd += length;
    }
}
