package io.mesosiam.agent.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A daemon's complete answer to an {@link HttpRequest}. The parser is strict and bounded, since the peer may send
 * anything, without an end.
 */
public final class HttpResponse {
    private static final int MAX_LINE = 8192;
    private static final int MAX_HEADERS = 64;

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");
    private static final Pattern HEADER = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,9}");

    private final int status;
    private final byte[] body;
    private final boolean cut;
    private final Optional<Duration> retryAfter;

    private HttpResponse(int status, byte[] body, boolean cut, Headers headers) {
        this.status = status;
        this.body = body;
        this.cut = cut;
        this.retryAfter = headers.retryAfter();
    }

    /** The headers that are used. */
    private record Headers(OptionalInt length, Optional<Duration> retryAfter) {}

    public int status() {
        return status;
    }

    /** The header Retry-After, if it is a number of seconds (RFC 9110, section 10.2.3). */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }

    /** Whether the body continues after the part that was read. */
    public boolean isCut() {
        return cut;
    }

    /** The body's array itself, not a copy: the caller may overwrite it after use. */
    public byte[] body() {
        return body;
    }

    /** The body as ASCII. */
    public String text() {
        return new String(body, StandardCharsets.US_ASCII);
    }

    /**
     * Reads one answer (RFC 9112). With a Content-Length the body has exactly that length, and the connection may stay
     * open; without one, it ends with the connection. A Transfer-Encoding is not valid in an answer to HTTP/1.0.
     *
     * @throws IOException if it is not HTTP, is shorter than stated, or longer than {@code maxBody} bytes
     */
    public static HttpResponse read(InputStream in, int maxBody) throws IOException {
        int status = status(in);
        Headers headers = headers(in, maxBody);
        OptionalInt length = headers.length();
        byte[] body = in.readNBytes(length.orElse(maxBody + 1));
        requireLength(body.length, length);
        if (body.length > maxBody) {
            throw new IOException(tooLong(maxBody));
        }
        return new HttpResponse(status, body, false, headers);
    }

    /**
     * As {@link #read}, but reads only the first {@code maxBody} bytes of a longer body.
     *
     * @throws IOException if it is not HTTP, or is shorter than stated
     */
    static HttpResponse readStart(InputStream in, int maxBody) throws IOException {
        int status = status(in);
        Headers headers = headers(in, Integer.MAX_VALUE);
        OptionalInt length = headers.length();
        byte[] body = in.readNBytes(Math.min(length.orElse(maxBody), maxBody));
        boolean cut = body.length == maxBody && (length.isPresent() ? length.getAsInt() > maxBody : in.read() >= 0);
        if (!cut) {
            requireLength(body.length, length);
        }
        return new HttpResponse(status, body, cut, headers);
    }

    private static int status(InputStream in) throws IOException {
        Matcher status = STATUS.matcher(line(in));
        if (!status.matches()) {
            throw new IOException("the answer isn't HTTP");
        }
        return Integer.parseInt(status.group(1));
    }

    private static void requireLength(int read, OptionalInt length) throws IOException {
        if (read < length.orElse(0)) {
            throw new IOException("the answer ends after " + read + " of " + length.getAsInt() + " bytes");
        }
    }

    private static Headers headers(InputStream in, int maxBody) throws IOException {
        OptionalInt length = OptionalInt.empty();
        Optional<Duration> retryAfter = Optional.empty();
        for (int headers = 0; headers <= MAX_HEADERS; headers++) {
            String line = line(in);
            if (line.isEmpty()) {
                return new Headers(length, retryAfter);
            }
            Matcher header = HEADER.matcher(line);
            if (!header.matches()) {
                throw new IOException("a header is malformed");
            }
            switch (header.group(1).toLowerCase(Locale.ROOT)) {
                case "content-length" -> length = OptionalInt.of(length(header.group(2), length, maxBody));
                case "retry-after" ->
                    retryAfter = Optional.of(header.group(2))
                            .filter(text -> LENGTH.matcher(text).matches())
                            .map(text -> Duration.ofSeconds(Integer.parseInt(text)));
                case "transfer-encoding" -> throw new IOException("the answer has a transfer encoding");
                default -> {}
            }
        }
        throw new IOException("the answer has more than " + MAX_HEADERS + " headers");
    }

    private static int length(String text, OptionalInt before, int maxBody) throws IOException {
        if (!LENGTH.matcher(text).matches()) {
            throw new IOException("the answer's length is no number");
        }
        int length = Integer.parseInt(text);
        if (before.isPresent() && before.getAsInt() != length) {
            throw new IOException("the answer has two lengths");
        }
        if (length > maxBody) {
            throw new IOException(tooLong(maxBody));
        }
        return length;
    }

    /** The text of the error for a longer answer. */
    public static String tooLong(int maxBody) {
        return "the answer is longer than " + maxBody + " bytes";
    }

    private static String line(InputStream in) throws IOException {
        byte[] line = new byte[MAX_LINE];
        for (int length = 0; length < MAX_LINE; length++) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the answer ends before its body");
            }
            if (next == '\n') {
                int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
                return new String(line, 0, end, StandardCharsets.ISO_8859_1);
            }
            line[length] = (byte) next;
        }
        throw new IOException("a line of the answer is longer than " + MAX_LINE + " bytes");
    }
}
