package io.mesosiam.mesos.json;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads Mesos's RecordIO format: each record is its length in decimal, a newline, and that number of bytes. Each record
 * is returned as a stream, so that a large one can be parsed while it arrives. Bytes that the caller doesn't read are
 * skipped.
 *
 * @see <a href="https://mesos.apache.org/documentation/latest/recordio/">RecordIO Data Format</a>
 */
public final class RecordIO {
    private static final int MAX_DIGITS = 19;

    private final InputStream in;
    private final byte[] buffer = new byte[64 * 1024];
    private int next;
    private int end;
    private Body current = new Body(0);

    public RecordIO(InputStream in) {
        this.in = in;
    }

    /** Thrown if a length is not a number or exceeds the limit. */
    public static final class BrokenRecord extends IOException {
        private static final long serialVersionUID = 1L;

        BrokenRecord(String message) {
            super(message);
        }
    }

    /**
     * Returns the next record, of at most {@code limit} bytes; empty at the regular end of the stream.
     *
     * @throws EOFException if the stream ends within a record
     */
    public Optional<InputStream> next(long limit) throws IOException {
        current.skipRest();
        long length = 0;
        int digits = 0;
        for (int one = readByte(); one != '\n'; one = readByte()) {
            if (one < 0 && digits == 0) {
                return Optional.empty();
            }
            if (one < 0) {
                throw new EOFException("stream ends within a record's length");
            }
            if (one < '0' || one > '9' || ++digits >= MAX_DIGITS) {
                throw new BrokenRecord("record length is not a decimal number");
            }
            length = length * 10 + (one - '0');
        }
        if (digits == 0) {
            throw new BrokenRecord("record length is missing");
        }
        if (length > limit) {
            throw new BrokenRecord("record of " + length + " bytes is larger than the limit of " + limit);
        }
        current = new Body(length);
        return Optional.of(current);
    }

    private int readByte() throws IOException {
        return fill() ? buffer[next++] & 0xff : -1;
    }

    private boolean fill() throws IOException {
        if (next == end) {
            next = 0;
            end = Math.max(0, in.read(buffer, 0, buffer.length));
        }
        return next < end;
    }

    /** The bytes of one record. It never reads beyond them, and so never waits for the next record. */
    private final class Body extends InputStream {
        private long left;

        Body(long length) {
            left = length;
        }

        void skipRest() throws IOException {
            while (left > 0) {
                demand();
                int step = (int) Math.min(left, end - next);
                next += step;
                left -= step;
            }
        }

        @Override
        public int read() throws IOException {
            if (left == 0) {
                return -1;
            }
            demand();
            left--;
            return buffer[next++] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0) {
                return length == 0 ? 0 : -1;
            }
            demand();
            int count = (int) Math.min(Math.min(length, end - next), left);
            System.arraycopy(buffer, next, bytes, offset, count);
            next += count;
            left -= count;
            return count;
        }

        private void demand() throws IOException {
            if (!fill()) {
                throw new EOFException("stream ends " + left + " bytes before its record does");
            }
        }
    }
}
