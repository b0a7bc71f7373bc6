package io.mesosiam.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TimeLimit;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.WebSocket;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server whose requests wait until the test answers them. */
class OneRequestAtATimeTest {
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final int LARGE = 4 << 20;

    private final LinkedBlockingQueue<HttpServerRequest> requests = new LinkedBlockingQueue<>();
    private final OneRequestAtATime.Limits limits = OneRequestAtATime.Limits.ofPort();
    private final AtomicInteger closed = new AtomicInteger();
    private Vertx vertx;

    /** When a connection is watched: from its beginning, or from its first request on. */
    enum Watched {
        ON,
        DURING
    }

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
    }

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @ParameterizedTest
    @EnumSource
    void requestsOneAfterAnotherAreAnswered(Watched watched) throws Exception {
        try (Socket socket = connect(watched)) {
            for (int i = 0; i < 100; i++) {
                send(socket, REQUEST);
                next().response().end("answer");

                assertThat(answer(socket)).isEqualTo("HTTP/1.1 200 OK");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void connectionOnWhichAnotherRequestArrivesBeforeTheAnswerIsClosed(Watched watched) throws Exception {
        try (Socket socket = connect(watched)) {
            send(socket, REQUEST);
            HttpServerRequest first = next();
            send(socket, REQUEST);

            assertThat(ends(socket)).isTrue();
            Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> first.response()
                    .closed());
            assertThat(requests).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void requestsInOneWriteCloseTheConnection(Watched watched) throws Exception {
        try (Socket socket = connect(watched)) {
            send(socket, REQUEST.repeat(1000));

            assertThat(ends(socket)).isTrue();
            assertThat(requests).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void peerThatReadsNoAnswersGetsOneMoreThanTheWriteBufferHolds(Watched watched) throws Exception {
        try (Socket socket = connect(watched)) {
            int answered = 0;
            try {
                while (closed.get() == 0) {
                    send(socket, REQUEST);
                    HttpServerRequest request = requests.poll(TimeLimit.millis(100), TimeUnit.MILLISECONDS);
                    if (request != null) {
                        var unused = request.response().end("a".repeat(LARGE));
                        answered++;
                    }
                }
            } catch (SocketException expected) {
                // the server closed it
            }

            // the kernel's buffers of both sides may hold the first
            assertThat(answered).isBetween(1, 3);
        }
    }

    @Test
    void largeAnswersThatAreNotReadAreLimitedInNumberAndTime() throws Exception {
        Places unread = new Places(2, 2);
        HttpServer server = vertx.createHttpServer(options().setSendBufferSize(16 * 1024))
                .connectionHandler(connection -> {
                    connection.closeHandler(_ -> closed.incrementAndGet());
                    OneRequestAtATime.on(
                            connection,
                            new OneRequestAtATime.Limits(unread, Duration.ofMillis(300), TimeLimit.seconds(60)));
                })
                .requestHandler(request -> request.response().end("a".repeat(LARGE)));
        int port = listen(server);
        List<Socket> notReading = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Socket socket = new Socket();
            // the kernel keeps little of the answer
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress("localhost", port));
            socket.setSoTimeout(TimeLimit.millis(10_000));
            send(socket, REQUEST);
            notReading.add(socket);
        }

        Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> closed.get() == notReading.size());
        assertThat(unread.taken()).isZero();
        for (Socket socket : notReading) {
            assertThat(socket.getInputStream().readAllBytes().length).isLessThan(LARGE);
            socket.close();
        }
    }

    @Test
    void largeAnswersThatAreReadAreWhole() throws Exception {
        Places unread = new Places(1, 1);
        HttpServer server = vertx.createHttpServer(options())
                .connectionHandler(connection -> OneRequestAtATime.on(
                        connection, new OneRequestAtATime.Limits(unread, TimeLimit.seconds(60), TimeLimit.seconds(60))))
                .requestHandler(request -> request.response().end("a".repeat(LARGE)));
        try (Socket socket = connect(server)) {
            for (int i = 0; i < 3; i++) {
                send(socket, REQUEST);
                assertThat(answer(socket)).isEqualTo("HTTP/1.1 200 OK");
                Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> unread.taken() == 0);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"100-continue", ""})
    void bodyAfterItsHeadersIsOneRequest(String expect) throws Exception {
        try (Socket socket = connect(Watched.ON)) {
            send(
                    socket,
                    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
                            + (expect.isEmpty() ? "" : "Expect: " + expect + "\r\n") + "\r\n");
            HttpServerRequest request = next();
            if (!expect.isEmpty()) {
                request.response().writeContinue();
                assertThat(answer(socket)).isEqualTo("HTTP/1.1 100 Continue");
            }
            send(socket, "body");
            send(socket, REQUEST);

            assertThat(ends(socket)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void tooManyLinesOutsideOfBodiesCloseTheConnection(Watched watched) throws Exception {
        for (String endless : List.of("\r\n".repeat(10_000), "GET / HTTP/1.1\r\n" + "a:\r\n".repeat(10_000))) {
            try (Socket socket = connect(watched)) {
                if (watched == Watched.DURING) {
                    send(socket, REQUEST);
                    next().response().end();
                    assertThat(answer(socket)).isEqualTo("HTTP/1.1 200 OK");
                }
                send(socket, endless);

                assertThat(answer(socket)).startsWith("HTTP/1.1 431 ");
                assertThat(ends(socket)).isTrue();
            }
        }
        assertThat(requests).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tooManyTrailersCloseTheConnection(boolean answered) throws Exception {
        try (Socket socket = connect(Watched.ON)) {
            send(socket, "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n");
            HttpServerRequest request = next();
            if (answered) {
                request.response().end();
                assertThat(answer(socket)).isEqualTo("HTTP/1.1 200 OK");
            }
            send(socket, "a:\r\n".repeat(10_000));

            assertThat(ends(socket)).isTrue();
        }
    }

    @Test
    void requestAfterAnAnswerThatEndsTheConnectionIsNotServed() throws Exception {
        try (Socket socket = connect(Watched.ON)) {
            send(socket, REQUEST);
            next().response().putHeader("Connection", "close").end();
            assertThat(answer(socket)).isEqualTo("HTTP/1.1 200 OK");
            send(socket, REQUEST);

            assertThat(ends(socket)).isTrue();
            assertThat(requests).isEmpty();
        }
    }

    @Test
    void brokenRequestsAreAnsweredOnce() throws Exception {
        try (Socket socket = connect(Watched.ON)) {
            send(socket, "GET\r\n\r\n".repeat(1000));

            assertThat(answer(socket)).isEqualTo("HTTP/1.0 400 Bad Request");
            assertThat(ends(socket)).isTrue();
        }
    }

    @Test
    void linesOfABodyAreNotLimited() throws Exception {
        String lines = "\n".repeat(3000);
        try (Socket socket = connect(Watched.ON)) {
            for (String body : List.of(
                    "Content-Length: 3000\r\n\r\n" + lines,
                    "Transfer-Encoding: chunked\r\n\r\n" + "bb8\r\n" + lines + "\r\n" + "1\r\n\n\r\n".repeat(1000)
                            + "0\r\na: b\r\n\r\n")) {
                send(socket, "POST / HTTP/1.1\r\nHost: localhost\r\n" + body);
                next().response().end();

                assertThat(answer(socket)).isEqualTo("HTTP/1.1 200 OK");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "GET / HTTP/1.1\r\n", "G"})
    void connectionWhoseHeadersAreNotCompleteInTimeIsClosed(String begun) throws Exception {
        HttpServer server = vertx.createHttpServer(options())
                .connectionHandler(connection -> OneRequestAtATime.on(
                        connection,
                        new OneRequestAtATime.Limits(new Places(1, 1), TimeLimit.seconds(60), Duration.ofMillis(300))))
                .requestHandler(request -> request.response().end());
        try (Socket socket = connect(server)) {
            send(socket, REQUEST);
            assertThat(answer(socket)).isEqualTo("HTTP/1.1 200 OK");
            send(socket, begun);

            assertThat(ends(socket)).isTrue();
        }
    }

    @Test
    void webSocketIsNotLimited() throws Exception {
        HttpServer server = vertx.createHttpServer(options())
                .connectionHandler(connection -> OneRequestAtATime.on(connection, limits))
                .webSocketHandler(socket -> socket.binaryMessageHandler(socket::writeBinaryMessage));
        var client = vertx.createWebSocketClient();
        LinkedBlockingQueue<Buffer> echoes = new LinkedBlockingQueue<>();
        WebSocket socket = client.connect(listen(server), "localhost", "/")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        socket.binaryMessageHandler(echoes::add);
        Buffer lines = Buffer.buffer("\n".repeat(3000));
        for (int i = 0; i < 3; i++) {
            socket.writeBinaryMessage(lines);

            assertThat(echoes.poll(TimeLimit.millis(10_000), TimeUnit.MILLISECONDS))
                    .isEqualTo(lines);
        }
    }

    /** Of a listener that has no hook for connections. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void acceptedConnectionIsWatchedFromItsBeginning(boolean tls) throws Exception {
        HttpServerOptions options = options().setSsl(tls);
        SelfSignedCertificate certificate = tls ? SelfSignedCertificate.create() : null;
        if (certificate != null) {
            options.setKeyCertOptions(certificate.keyCertOptions());
        }
        int port = listen(vertx.createHttpServer(options)
                .requestHandler(request -> request.response().end()));
        AcceptedConnections.watch(vertx, port, limits);
        Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> {
            try (Socket socket =
                    tls ? trusting(certificate).createSocket("localhost", port) : new Socket("localhost", port)) {
                socket.setSoTimeout(TimeLimit.millis(10_000));
                send(socket, "GET / HTTP/1.1\r\nHost: localhost\r\n" + "a:\r\n".repeat(1000) + "\r\n");
                return answer(socket).startsWith("HTTP/1.1 431 ");
            }
        });
    }

    private SSLSocketFactory trusting(SelfSignedCertificate certificate) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                null, certificate.trustOptions().getTrustManagerFactory(vertx).getTrustManagers(), null);
        return context.getSocketFactory();
    }

    @Test
    void watchingAConnectionTwiceWatchesItOnce() throws Exception {
        HttpServer server = vertx.createHttpServer(options())
                .connectionHandler(connection -> OneRequestAtATime.on(connection, limits))
                .requestHandler(request -> {
                    OneRequestAtATime.on(request, limits);
                    request.response().end();
                });
        try (Socket socket = connect(server)) {
            send(socket, REQUEST);
            assertThat(answer(socket)).isEqualTo("HTTP/1.1 200 OK");
            send(socket, REQUEST);
            assertThat(answer(socket)).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    private Socket connect(Watched watched) throws IOException {
        return connect(vertx.createHttpServer(options())
                .connectionHandler(connection -> {
                    connection.closeHandler(_ -> closed.incrementAndGet());
                    if (watched == Watched.ON) {
                        OneRequestAtATime.on(connection, limits);
                    }
                })
                .requestHandler(request -> {
                    OneRequestAtATime.on(request, limits);
                    requests.add(request);
                }));
    }

    private static HttpServerOptions options() {
        return new HttpServerOptions().setHost("localhost").setHttp2ClearTextEnabled(false);
    }

    private static int listen(HttpServer server) {
        return server.listen(0).toCompletionStage().toCompletableFuture().join().actualPort();
    }

    private static Socket connect(HttpServer server) throws IOException {
        Socket socket = new Socket("localhost", listen(server));
        socket.setSoTimeout(TimeLimit.millis(10_000));
        return socket;
    }

    private HttpServerRequest next() throws InterruptedException {
        HttpServerRequest request = requests.poll(TimeLimit.millis(10_000), TimeUnit.MILLISECONDS);
        assertThat(request).isNotNull();
        return request;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    /** The status line of an answer; its headers, and a body that says how long it is, are read, too. */
    private static String answer(Socket socket) throws IOException {
        var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII), 1);
        String status = in.readLine();
        int length = 0;
        for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
            if (line.startsWith("content-length: ")) {
                length = Integer.parseInt(line.substring("content-length: ".length()));
            }
        }
        for (int i = 0; i < length; i++) {
            assertThat(in.read()).isNotNegative();
        }
        return status;
    }

    /** Whether the connection ends without an answer. */
    private static boolean ends(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }
}
