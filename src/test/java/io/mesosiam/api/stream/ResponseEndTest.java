package io.mesosiam.api.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResponseEndTest {
    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger ends = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void connectionThatClosesLaterEndsTheResponse() throws Exception {
        CountDownLatch registered = new CountDownLatch(1);
        Router router = Router.router(vertx);
        router.route().handler(context -> {
            Runnable _ = ResponseEnd.once(context, this::count);
            registered.countDown();
        });

        try (Socket _ = request(router)) {
            assertThat(registered.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(ends).hasValue(0);
        }

        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }

    /** A request that waited for a thread while its caller went away. */
    @Test
    void connectionThatIsClosedAlreadyEndsTheResponseAtOnce() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        Router router = Router.router(vertx);
        router.route().handler(context -> {
            context.request()
                    .connection()
                    .closeHandler(_ -> vertx.runOnContext(_ -> {
                        Runnable _ = ResponseEnd.once(context, ends::incrementAndGet);
                        ended.countDown();
                    }));
            arrived.countDown();
        });

        try (Socket _ = request(router)) {
            assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(ends).hasValue(1);
    }

    private void count() {
        ends.incrementAndGet();
        ended.countDown();
    }

    private Socket request(Router router) throws Exception {
        HttpServer server = vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1"))
                .requestHandler(router)
                .listen(0)
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        Socket caller = new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
        caller.getOutputStream().write("GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return caller;
    }
}
