package io.mesosiam.api.port;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TimeLimit;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests whose body doesn't end, or that are too many, as bytes. */
class RequestBodiesTest {
    private final Vertx vertx = Vertx.vertx();
    private HttpServer server;

    @BeforeEach
    void listen() throws Exception {
        Router router = Router.router(vertx);
        router.route()
                .handler(new RequestBodies(
                        Duration.ofMillis(100), RequestBodiesTest::late, RequestBodiesTest::oneTooMany));
        router.route("/reads")
                .handler(context -> context.request().body().onSuccess(body -> answer(context, 200, body.toString())));
        router.route("/slow").handler(context -> {
            context.request().pause();
            long unused = vertx.setTimer(300, _ -> answer(context, 200, "slow"));
        });
        router.route("/thinks").handler(context -> {
            context.request().pause();
            context.request().handler(_ -> {}).endHandler(_ -> {
                context.request().pause();
                long unused = vertx.setTimer(300, _ -> answer(context, 200, "thought"));
            });
            context.request().resume();
        });
        // bodies have long to arrive, so that those of a test are all there
        RequestBodies patient =
                new RequestBodies(Duration.ofMinutes(10), RequestBodiesTest::late, RequestBodiesTest::oneTooMany);
        router.route("/patient/*").handler(patient);
        router.route("/patient/reads")
                .handler(context -> context.request().body().onSuccess(body -> answer(context, 200, body.toString())));
        router.route("/patient/refuses").handler(context -> answer(context, 401, "no"));
        router.route("/refuses").handler(context -> answer(context, 401, "no"));
        server = wait(vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"));
    }

    @AfterEach
    void close() throws Exception {
        wait(server.close());
        wait(vertx.close());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 9", "Transfer-Encoding: chunked"})
    void requestWhoseBodyDoesNotEndIsAnsweredAndItsConnectionClosed(String header) throws IOException {
        assertThat(untilClosed("POST /reads HTTP/1.1\r\nHost: a\r\n" + header + "\r\n\r\n"))
                .startsWith("HTTP/1.1 408 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 0\r\n", ""})
    void requestWithoutABodyHasNoDeadline(String header) throws IOException {
        assertThat(untilClosed("POST /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + header + "\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void answerToABodyThatWasReadHasNoDeadline() throws IOException {
        assertThat(untilClosed("POST /thinks HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("thought");
    }

    @Test
    void connectionIsClosedAlsoIfTheAnswerWasSentBeforeTheBodyEnded() throws IOException {
        assertThat(untilClosed("POST /refuses HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"))
                .startsWith("HTTP/1.1 401 ");
    }

    @Test
    void connectionOfRequestsThatEndStaysOpen() throws Exception {
        try (Socket socket = connected()) {
            for (int i = 0; i < 3; i++) {
                socket.getOutputStream()
                        .write("POST /reads HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok".getBytes(US_ASCII));
                String expected = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
                assertThat(new String(socket.getInputStream().readNBytes(expected.length()), US_ASCII))
                        .isEqualTo(expected);
                // a later request has reached its deadline, so that of this one is over
                assertThat(untilClosed("POST /reads HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"))
                        .startsWith("HTTP/1.1 408 ");
            }
        }
    }

    @Test
    void addressHasSixteenRequestsWithABodyAtATime() throws Exception {
        String incomplete = "POST /patient/reads HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n";
        List<Socket> waiting = new ArrayList<>();
        for (int i = 0; i < RequestBodies.OF_SOURCE; i++) {
            waiting.add(send(incomplete));
        }
        String complete = "POST /patient/reads HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
        // it may be read before one of those
        Awaitility.await().atMost(TimeLimit.seconds(10)).untilAsserted(() -> assertThat(untilClosed(complete))
                .startsWith("HTTP/1.1 429 "));

        // a request without a body, and answered requests, take no place
        assertThat(untilClosed("GET /patient/refuses HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 401 ");
        waiting.removeLast().close();
        waiting.getFirst().getOutputStream().write("ok".getBytes(US_ASCII));
        for (int i = 0; i < 3; i++) {
            Awaitility.await().atMost(TimeLimit.seconds(10)).untilAsserted(() -> assertThat(untilClosed(complete))
                    .startsWith("HTTP/1.1 200 "));
        }
        for (Socket socket : waiting) {
            socket.close();
        }
    }

    /** A body takes many times its length in memory when it is read as JSON. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1048576", "Transfer-Encoding: chunked"})
    void twoBodiesThatMayBeLongTakeAllPlacesOfTheirAddress(String header) throws Exception {
        String complete = "POST /patient/reads HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
        String endless = "POST /patient/reads HTTP/1.1\r\nHost: a\r\n" + header + "\r\n\r\n";
        Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> {
            // the short one may be read before one of the long ones, which then finds too few places
            try (Socket first = send(endless);
                    Socket second = send(endless)) {
                return first.isConnected()
                        && second.isConnected()
                        && untilClosed(complete).startsWith("HTTP/1.1 429 ");
            }
        });
        Awaitility.await().atMost(TimeLimit.seconds(10)).untilAsserted(() -> assertThat(untilClosed(complete))
                .startsWith("HTTP/1.1 200 "));
    }

    private Socket send(String text) throws IOException {
        Socket socket = connected();
        socket.getOutputStream().write(text.getBytes(US_ASCII));
        return socket;
    }

    private static void oneTooMany(RoutingContext context) {
        Future<Void> unused = context.response().setStatusCode(429).end().onComplete(_ -> context.request()
                .connection()
                .close());
    }

    private static void late(RoutingContext context) {
        Future<Void> unused = context.response().setStatusCode(408).end().onComplete(_ -> context.request()
                .connection()
                .close());
    }

    private static void answer(RoutingContext context, int status, String body) {
        Future<Void> unused = context.response().setStatusCode(status).end(body);
    }

    private String untilClosed(String request) throws IOException {
        try (Socket socket = connected()) {
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    private Socket connected() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
        socket.setSoTimeout(TimeLimit.millis(20_000));
        return socket;
    }

    private static <T> T wait(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(TimeLimit.millis(20_000), TimeUnit.MILLISECONDS);
    }
}
