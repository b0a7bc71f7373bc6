package io.mesosiam.agent.serve;

import static io.mesosiam.agent.serve.TestEndpoint.lease;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TimeLimit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/**
 * Whatever is written to a connection, the response is a few complete answers and then its end. Credentials are only in
 * answers to requests that an SDK could have sent, and the next request is answered.
 */
class EndpointFuzzTest {
    private static final String KEY = "ASIAEXAMPLE";
    private static final String REQUEST = request("GET /v2/credentials", "localhost");
    private static final String UNKNOWN_VERSION = "GET /v2/credentials HTTP/9.9";
    private static final int PATIENCE_MILLIS = TimeLimit.millis(30_000);
    private static final Pattern HEAD =
            Pattern.compile("\\AHTTP/1\\.1 (\\d{3}) ?[A-Za-z -]*\r\n((?:[A-Za-z0-9-]+: ?[^\r\n]*\r\n)*)\r\n");
    private static final Pattern LENGTH = Pattern.compile("(?im)^Content-Length: ?(\\d+)$");

    private final TestEndpoint endpoint = new TestEndpoint();

    @BeforeProperty
    void start() {
        endpoint.leases.put("task", "default", lease("task", KEY));
    }

    @AfterProperty
    void stop() {
        endpoint.close();
    }

    @Property(tries = 300)
    void randomBytesEndTheirConnection(@ForAll byte[] bytes) throws Exception {
        assertThat(statuses(exchange(bytes))).doesNotContain(200);
        assertThat(statuses(exchange(concat(bytes, "\r\n\r\n".getBytes(ISO_8859_1)))))
                .doesNotContain(200);
        stillServes();
    }

    @Property(tries = 1000)
    void pipelinedRequestsAreAnsweredInOrder(@ForAll("requests") List<Piece> pieces) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        pieces.forEach(piece -> all.writeBytes(piece.text().getBytes(ISO_8859_1)));

        String answer = exchange(all.toByteArray());

        List<Integer> statuses = statuses(answer);
        long ours =
                pieces.stream().filter(piece -> piece.answer() != Answer.NEVER).count();
        assertThat(statuses.stream().filter(status -> status == 200).count())
                .as("%s -> %s", pieces, statuses)
                .isLessThanOrEqualTo(ours);
        assertThat(statuses).as("%s", pieces).allMatch(status -> status == 200 || status >= 400 || status == 100);
        if (pieces.stream().allMatch(piece -> piece.answer() == Answer.SURELY)) {
            assertThat(statuses).as("%s", pieces).hasSize(pieces.size()).containsOnly(200);
        }
        stillServes();
    }

    /** A request that an SDK could have sent gets its answer. */
    private enum Answer {
        SURELY,
        /** A request that is cut off, or whose lines have other ends, may be read together with what follows. */
        PERHAPS,
        NEVER
    }

    record Piece(Answer answer, String text) {}

    @Provide
    Arbitrary<List<Piece>> requests() {
        Arbitrary<Piece> good = Arbitraries.of(
                        REQUEST,
                        request("GET /v1/credentials", "169.254.170.23", "Authorization: x"),
                        request("GET /v2/credentials", "169.254.170.2", "Content-Length: 0"),
                        request("PUT /latest/api/token", "169.254.169.254", "X-aws-ec2-metadata-token-ttl-seconds: 60"))
                .map(text -> new Piece(Answer.SURELY, text));
        return Arbitraries.frequencyOf(
                        Tuple.of(3, good), Tuple.of(6, broken()), Tuple.of(3, odd()), Tuple.of(1, cutOff()))
                .list()
                .ofMinSize(1)
                .ofMaxSize(3);
    }

    private static String request(String start, String host, String... headers) {
        return start + " HTTP/1.1\r\nHost: " + host + "\r\n"
                + Stream.of(headers).map(header -> header + "\r\n").collect(joining()) + "\r\n";
    }

    /** A start line and headers from fixed lists, with line ends that may be wrong. */
    private static Arbitrary<Piece> broken() {
        Arbitrary<String> start = Arbitraries.of(
                UNKNOWN_VERSION,
                "GET /v2/credentials",
                "GET  /v2/credentials HTTP/1.1",
                "GET\t/v2/credentials\tHTTP/1.1",
                "POST /v2/credentials HTTP/1.1",
                "HEAD /v2/credentials HTTP/1.1",
                "CONNECT localhost:80 HTTP/1.1",
                "OPTIONS * HTTP/1.1",
                "GET //localhost/v2/credentials HTTP/1.1",
                "GET http://localhost/v2/credentials HTTP/1.1",
                "GET /v2/credentials#x HTTP/1.1",
                "GET /v2/%63redentials HTTP/1.1",
                "GET /v2/credentials/../credentials HTTP/1.1",
                "GET /" + "x".repeat(20_000) + " HTTP/1.1",
                "PRI * HTTP/2.0",
                "\u0016\u0003\u0001\u0002\u0000",
                "",
                "\u0000");
        Arbitrary<List<String>> headers = Arbitraries.of(
                        "Host: localhost",
                        "Host: rebound.example",
                        "Host : localhost",
                        " Host: localhost",
                        "Host",
                        ": x",
                        "Content-Length: 5",
                        "Content-Length: 5\r\nContent-Length: 6",
                        "Content-Length: -1",
                        "Content-Length: 99999999999999999999",
                        "Transfer-Encoding: chunked",
                        "Transfer-Encoding: chunked\r\nContent-Length: 5",
                        "Transfer-Encoding: gzip, chunked",
                        "Transfer-Encoding: identity",
                        "Expect: 100-continue",
                        "Connection: close",
                        "Connection: upgrade\r\nUpgrade: h2c",
                        "X-Forwarded-For: 10.0.0.1",
                        "X: " + "y".repeat(20_000),
                        "X\u0000Y: z")
                .list()
                .ofMaxSize(4);
        Arbitrary<String> end = Arbitraries.of("\r\n", "\r\n", "\r\n", "\n", "\r", "\r\n ");
        Arbitrary<String> body = Arbitraries.of("", "", "5\r\nhello\r\n0\r\n\r\n", "hello", "fffffffff\r\n", REQUEST);
        return Combinators.combine(start, headers, end, body).as((line, more, eol, rest) -> {
            boolean unended = line.equals(UNKNOWN_VERSION) && !eol.startsWith("\r\n");
            return new Piece(
                    unended || rest.equals(REQUEST) ? Answer.PERHAPS : Answer.NEVER,
                    line + eol + String.join(eol, more) + eol + eol + rest);
        });
    }

    private static Arbitrary<Piece> cutOff() {
        return Arbitraries.of(
                        REQUEST.substring(0, REQUEST.indexOf("HTTP/")), REQUEST.substring(0, REQUEST.length() - 2))
                .map(text -> new Piece(Answer.PERHAPS, text));
    }

    private static Arbitrary<Piece> odd() {
        return Arbitraries.of(
                        REQUEST.replace("Host: localhost\r\n", ""),
                        REQUEST.replace("Host: localhost", "Host: localhost\r\nHost: localhost"),
                        REQUEST.replace("\r\n\r\n", "\r\nContent-Length: 4\r\n\r\nabcd"),
                        REQUEST.replace("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                        REQUEST.replace(
                                "\r\n\r\n", "\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                        REQUEST.replace("\r\n\r\n", "\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n"),
                        REQUEST.replace("\r\n\r\n", "\r\nVia: 1.1 a\r\n\r\n"))
                .map(text -> new Piece(Answer.NEVER, text));
    }

    /** All bytes that are received; empty if the connection was reset. */
    private String exchange(byte[] bytes) throws IOException {
        try (Socket socket =
                new Socket(endpoint.address().getAddress(), endpoint.address().getPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (SocketException reset) {
            return "";
        }
    }

    private void stillServes() throws IOException {
        assertThat(exchange(REQUEST.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
                        .getBytes(ISO_8859_1)))
                .startsWith("HTTP/1.1 200 ")
                .contains(KEY);
    }

    /** The statuses of all answers. Each answer has to be complete and to match its headers. */
    private static List<Integer> statuses(String answers) {
        List<Integer> statuses = new ArrayList<>();
        String rest = answers;
        while (!rest.isEmpty()) {
            Matcher head = HEAD.matcher(rest);
            assertThat(head.find()).as("a well-formed answer: %s", rest).isTrue();
            int status = Integer.parseInt(head.group(1));
            Matcher length = LENGTH.matcher(head.group(2).replace("\r", ""));
            int bytes = length.find() ? Integer.parseInt(length.group(1)) : 0;
            assertThat(rest.length() - head.end())
                    .as("the whole answer: %s", rest)
                    .isGreaterThanOrEqualTo(bytes);
            String body = rest.substring(head.end(), head.end() + bytes);
            if (status != 200) {
                assertThat(body).doesNotContain(KEY);
            }
            statuses.add(status);
            rest = rest.substring(head.end() + bytes);
        }
        return statuses;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(first);
        all.writeBytes(second);
        return all.toByteArray();
    }
}
