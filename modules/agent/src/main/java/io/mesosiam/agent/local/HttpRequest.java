package io.mesosiam.agent.local;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * One request in HTTP/1.0: its answer can only be a head and a body, never chunks, so that the reader stays small
 * (docs/decisions/0010-one-small-http-reader.md).
 *
 * @param line method and path
 * @param headers each without its line's end
 * @param body empty for none
 */
public record HttpRequest(String line, List<String> headers, String body) {
    public HttpRequest {
        headers = List.copyOf(headers);
        if (Stream.concat(Stream.of(line, body), headers.stream())
                .flatMapToInt(String::chars)
                .anyMatch(HttpRequest::isNoText)) {
            throw new IllegalArgumentException("a request holds printable ASCII only");
        }
    }

    public static HttpRequest get(String path, String... headers) {
        return new HttpRequest("GET " + path, List.of(headers), "");
    }

    /** Sends it and reads the answer; the caller bounds the time. */
    public HttpResponse ask(InputStream in, OutputStream out, int maxBody) throws IOException {
        send(out);
        return HttpResponse.read(new BufferedInputStream(in), maxBody);
    }

    /** The same; of a longer answer the first {@code maxBody} bytes are read. */
    public HttpResponse askStart(InputStream in, OutputStream out, int maxBody) throws IOException {
        send(out);
        return HttpResponse.readStart(new BufferedInputStream(in), maxBody);
    }

    private void send(OutputStream out) throws IOException {
        StringBuilder head = new StringBuilder(line).append(" HTTP/1.0\r\n");
        headers.forEach(header -> head.append(header).append("\r\n"));
        out.write(head.append("\r\n").append(body).toString().getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static boolean isNoText(int character) {
        return character < ' ' || character > '~';
    }

    /** A header may hold a secret. */
    @Override
    public String toString() {
        return line;
    }
}
