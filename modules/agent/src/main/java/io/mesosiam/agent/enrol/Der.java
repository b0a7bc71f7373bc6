package io.mesosiam.agent.enrol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the few ASN.1 types of a certificate request in DER (X.690). */
final class Der {
    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int UTF8_STRING = 0x0c;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;

    /** {@code [0]}, constructed. */
    static final int CONTEXT_0 = 0xa0;

    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int ARC_BITS = 7;

    private Der() {}

    /** One value: its tag, its length, and its content. */
    static byte[] value(int tag, byte[]... content) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : content) {
            joined.writeBytes(part);
        }
        int length = joined.size();
        if (length > 0xffff) {
            throw new IllegalArgumentException("a value of " + length + " bytes");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (length > 0xff) {
            out.write(0x82);
            out.write(length >> 8);
        } else if (length > 0x7f) {
            out.write(0x81);
        }
        out.write(length);
        out.writeBytes(joined.toByteArray());
        return out.toByteArray();
    }

    static byte[] text(int tag, String text) {
        return value(tag, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** An object identifier by its arcs. */
    static byte[] oid(int first, int second, int... rest) {
        ByteArrayOutputStream arcs = new ByteArrayOutputStream();
        arcs.write(first * 40 + second);
        for (int arc : rest) {
            for (int shift = 4 * ARC_BITS; shift > 0; shift -= ARC_BITS) {
                if (arc >> shift != 0) {
                    arcs.write(0x80 | ((arc >> shift) & 0x7f));
                }
            }
            arcs.write(arc & 0x7f);
        }
        return value(OBJECT_IDENTIFIER, arcs.toByteArray());
    }
}
