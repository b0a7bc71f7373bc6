package io.mesosiam.agent.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpResponseTest {
    private static final int MOST = 10;

    private static HttpResponse read(String answer) throws IOException {
        return HttpResponse.read(new ByteArrayInputStream(answer.getBytes(ISO_8859_1)), MOST);
    }

    private static String unescaped(String text) {
        return text.replace("\\r", "\r").replace("\\n", "\n");
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nab, 200, ab",
        "HTTP/1.1 200 OK\\r\\ncontent-length:2 \\r\\n\\r\\nabcd, 200, ab",
        "HTTP/1.0 404 Not Found\\r\\n\\r\\nno, 404, no",
        "HTTP/1.0 204\\n\\n, 204, ''",
        "HTTP/1.0 200 OK\\r\\nContent-Length: 2\\r\\nContent-Length: 2\\r\\n\\r\\nab, 200, ab",
        "HTTP/1.0 200 OK\\r\\n\\r\\n0123456789, 200, 0123456789"
    })
    void statusAndBodyAreRead(String answer, int status, String body) throws IOException {
        HttpResponse reply = read(unescaped(answer));

        assertThat(reply.status()).isEqualTo(status);
        assertThat(new String(reply.body(), ISO_8859_1)).isEqualTo(body);
    }

    @ParameterizedTest
    @CsvSource({
        "Retry-After: 17, 17",
        "retry-after:0, 0",
        "'Retry-After: Fri, 31 Dec 1999 23:59:59 GMT', -1",
        "Retry-After: -5, -1",
        "Retry-After: 99999999999, -1",
        "Other: 17, -1"
    })
    void retryAfterIsANumberOfSeconds(String header, long seconds) throws IOException {
        HttpResponse reply = read("HTTP/1.1 429 Too Many Requests\r\n" + header + "\r\n\r\n");

        assertThat(reply.retryAfter().map(Duration::toSeconds).orElse(-1L)).isEqualTo(seconds);
    }

    @ParameterizedTest
    @CsvSource({
        "'', ends before its body",
        "HTTP/1.0 200 OK\\r\\nContent-Len, ends before its body",
        "hello\\r\\n\\r\\n, isn't HTTP",
        "HTTP/2 200\\r\\n\\r\\n, isn't HTTP",
        "HTTP/1.0 2000 OK\\r\\n\\r\\n, isn't HTTP",
        "HTTP/1.0 200 OK\\r\\nno header\\r\\n\\r\\n, a header is malformed",
        "HTTP/1.0 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nab, ends after 2 of 3 bytes",
        "HTTP/1.0 200 OK\\r\\nContent-Length: -1\\r\\n\\r\\nab, is no number",
        "HTTP/1.0 200 OK\\r\\nContent-Length: 9999999999999\\r\\n\\r\\nab, is no number",
        "HTTP/1.0 200 OK\\r\\nContent-Length: 1\\r\\nContent-Length: 2\\r\\n\\r\\nab, has two lengths",
        "HTTP/1.0 200 OK\\r\\nContent-Length: 11\\r\\n\\r\\n0123456789a, longer than 10 bytes",
        "HTTP/1.0 200 OK\\r\\n\\r\\n0123456789a, longer than 10 bytes",
        "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\nab\\r\\n0\\r\\n\\r\\n, has a transfer encoding"
    })
    void malformedAnswerIsRefused(String answer, String why) {
        assertThatThrownBy(() -> read(unescaped(answer)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why);
    }

    @Test
    void headersAreBounded() {
        assertThatThrownBy(() -> read("HTTP/1.0 200 OK\r\n" + "a: b\r\n".repeat(65) + "\r\n"))
                .hasMessageContaining("more than 64 headers");
        assertThatThrownBy(() -> read("HTTP/1.0 200 OK\r\na: " + "b".repeat(8192) + "\r\n\r\n"))
                .hasMessageContaining("longer than 8192 bytes");
    }

    @Test
    void requestUsesHttp10() throws IOException {
        var sent = new ByteArrayOutputStream();
        var answer = new ByteArrayInputStream("HTTP/1.0 200 OK\r\n\r\n".getBytes(ISO_8859_1));

        new HttpRequest("POST /api/v1", List.of("Host: here", "Content-Length: 2"), "{}").send(answer, sent, MOST);

        assertThat(sent.toString(ISO_8859_1))
                .isEqualTo("POST /api/v1 HTTP/1.0\r\nHost: here\r\nContent-Length: 2\r\n\r\n{}");
    }

    @Test
    void lineEndsInARequestAreRefused() {
        assertThatThrownBy(() -> HttpRequest.get("/", "Host: a\r\nAuthorization: b"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HttpRequest.get("/a\nb")).isInstanceOf(IllegalArgumentException.class);
    }
}
