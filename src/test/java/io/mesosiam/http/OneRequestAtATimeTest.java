package io.mesosiam.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TimeLimit;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
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
        HttpServer server = vertx.createHttpServer(
                        new HttpServerOptions().setHost("localhost").setSendBufferSize(16 * 1024))
                .connectionHandler(connection -> {
                    connection.closeHandler(_ -> closed.incrementAndGet());
                    OneRequestAtATime.watch(connection, unread, Duration.ofMillis(300), false);
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
        HttpServer server = vertx.createHttpServer(new HttpServerOptions().setHost("localhost"))
                .connectionHandler(
                        connection -> OneRequestAtATime.watch(connection, unread, TimeLimit.seconds(60), false))
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

    @Test
    void watchingAConnectionTwiceWatchesItOnce() throws Exception {
        HttpServer server = vertx.createHttpServer(new HttpServerOptions().setHost("localhost"))
                .connectionHandler(OneRequestAtATime::on)
                .requestHandler(request -> {
                    assertThat(OneRequestAtATime.admits(request)).isTrue();
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
        return connect(vertx.createHttpServer(new HttpServerOptions().setHost("localhost"))
                .connectionHandler(connection -> {
                    connection.closeHandler(_ -> closed.incrementAndGet());
                    if (watched == Watched.ON) {
                        OneRequestAtATime.on(connection);
                    }
                })
                .requestHandler(request -> {
                    assertThat(OneRequestAtATime.admits(request)).isTrue();
                    requests.add(request);
                }));
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
