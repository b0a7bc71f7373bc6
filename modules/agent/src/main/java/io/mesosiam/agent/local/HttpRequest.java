package io.mesosiam.agent.local;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * One HTTP/1.0 request: its answer can only be a head and a body, never chunks, so that the reader stays small
 * (docs/decisions/0010-one-small-http-reader.md).
 *
 * @param line method and path
 * @param headers each without its line end
 * @param body empty for none
 */
public record HttpRequest(String line, List<String> headers, String body) {
    public HttpRequest {
        headers = List.copyOf(headers);
        if (Stream.concat(Stream.of(line, body), headers.stream())
                .flatMapToInt(String::chars)
                .anyMatch(HttpRequest::isNoText)) {
            throw new IllegalArgumentException("a request must contain printable ASCII only");
        }
    }

    public static HttpRequest get(String path, String... headers) {
        return new HttpRequest("GET " + path, List.of(headers), "");
    }

    /** Sends the request and reads the answer. The caller bounds the time. */
    public HttpResponse send(InputStream in, OutputStream out, int maxBody) throws IOException {
        write(out);
        return HttpResponse.read(new BufferedInputStream(in), maxBody);
    }

    /** As {@link #send}, but reads only the first {@code maxBody} bytes of a longer body. */
    public HttpResponse sendAndReadStart(InputStream in, OutputStream out, int maxBody) throws IOException {
        write(out);
        return HttpResponse.readStart(new BufferedInputStream(in), maxBody);
    }

    private void write(OutputStream out) throws IOException {
        StringBuilder head = new StringBuilder(line).append(" HTTP/1.0\r\n");
        headers.forEach(header -> head.append(header).append("\r\n"));
        out.write(head.append("\r\n").append(body).toString().getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static boolean isNoText(int character) {
        return character < ' ' || character > '~';
    }

    /** Without headers, which may contain a secret. */
    @Override
    public String toString() {
        return line;
    }
}
