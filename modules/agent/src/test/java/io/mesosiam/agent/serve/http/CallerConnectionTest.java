package io.mesosiam.agent.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.CallerSource;
import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.attest.ContainerAttestor;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests of real connections: several in one packet, answered at once, later, or never. */
@Timeout(60)
class CallerConnectionTest {
    private static final int PATIENCE_MILLIS = TimeLimit.millis(20_000);

    private static final Attestation.Attested OTHER = new Attestation.Attested(new Container("other", 1), "cgroup-v2");

    private final Semaphore mayAnswer = new Semaphore(0);
    private final Semaphore mayLookUp = new Semaphore(0);
    private Listener listener;

    @AfterEach
    void stop() {
        mayAnswer.release(1000);
        mayLookUp.release(1000);
        listener.close();
    }

    @Test
    void requestsOfOnePacketAreAnsweredInOrder() throws Exception {
        start(request -> answer(request.getRequestURI().getPath()));

        assertThat(bodies(send("/now/1", "/later/2", "/now/3", "/later/4", "/now/5")))
                .isEqualTo("/now/1/later/2/now/3/later/4/now/5");
    }

    /** Others are answered while one request waits. */
    @Test
    void waitingRequestDelaysNoOtherConnection() throws Exception {
        start(request -> answer(request.getRequestURI().getPath()));
        mayAnswer.drainPermits();
        try (Socket waiting = connect()) {
            write(waiting, "/later/1");

            assertThat(bodies(send("/now/2"))).isEqualTo("/now/2");

            mayAnswer.release();
            assertThat(bodies(readAll(waiting))).isEqualTo("/later/1");
        }
    }

    @Test
    void requestAfterAClosingOneIsNotAnswered() throws Exception {
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        start(request -> {
            String path = request.getRequestURI().getPath();
            handled.add(path);
            return path.equals("/refused")
                    ? new Handling.Done(new Response(200, Map.of(), path.getBytes(StandardCharsets.US_ASCII), true))
                    : answer(path);
        });

        assertThat(bodies(send("/refused", "/now/2", "/later/3"))).isEqualTo("/refused");
        assertThat(bodies(send("/now/4"))).isEqualTo("/now/4");
        assertThat(handled).containsExactly("/refused", "/now/4");
    }

    /** Parsed, they take tens of times as much; the number of admitted connections assumes 64 KiB for all of one. */
    @Test
    void requestsThatFollowAWaitingOneTakeAboutTheirBytes() throws Exception {
        int connections = 60;
        CountDownLatch arrived = new CountDownLatch(connections);
        start(
                request -> {
                    arrived.countDown();
                    return answer(request.getRequestURI().getPath());
                },
                new NoContainers() {
                    @Override
                    public CallerSource source(Caller caller) {
                        return new CallerSource("user 1", true, false, Optional.empty());
                    }
                });
        mayAnswer.drainPermits();
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                open.add(connect());
            }
            long before = usedHeap();
            for (Socket socket : open) {
                socket.getOutputStream()
                        .write(("GET /later/1 HTTP/1.1\r\n\r\n" + "A / HTTP/1.1\r\n\r\n".repeat(126))
                                .getBytes(StandardCharsets.US_ASCII));
            }
            arrived.await();

            assertThat((usedHeap() - before) / connections).isLessThan(24 << 10);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    /** Parsed headers take 40 KiB: with those of connections that were closed, more than the heap has room for. */
    @Test
    void requestThatWaitsKeepsNoneOfItsHeaders() throws Exception {
        CompletableFuture<WeakReference<String>> arrived = new CompletableFuture<>();
        start(request -> {
            arrived.complete(new WeakReference<>(request.getRequestHeaders().getFirst("First")));
            return answer(request.getRequestURI().getPath());
        });
        mayAnswer.drainPermits();
        try (Socket waiting = connect()) {
            waiting.getOutputStream()
                    .write("GET /later/1 HTTP/1.1\r\nFirst: 1\r\nSecond: 2\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            WeakReference<String> header = arrived.get();

            assertThat(isCollected(header)).isTrue();
        }
    }

    private static boolean isCollected(WeakReference<?> object) {
        long end = System.nanoTime() + TimeLimit.seconds(5).toNanos();
        while (object.get() != null && System.nanoTime() - end < 0) {
            System.gc();
        }
        return object.get() == null;
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** The defect occurs in the second request, which is parsed after the first one's answer was sent. */
    @Test
    void connectionWhoseLaterRequestCausesADefectIsClosed() throws Exception {
        start(request -> {
            if (request.getRequestURI().getPath().equals("/defect")) {
                throw new IllegalStateException("a defect");
            }
            return answer(request.getRequestURI().getPath());
        });

        assertThat(bodies(send("/later/1", "/defect", "/now/3"))).isEqualTo("/later/1");
    }

    @Test
    void connectionWhoseAnswerIsDefectiveIsClosed() throws Exception {
        start(request -> request.getRequestURI().getPath().equals("/defect")
                ? new Handling.Waits(() -> new Response(200, Map.of("a\nheader", "x"), new byte[0], false))
                : answer(request.getRequestURI().getPath()));

        assertThat(bodies(send("/now/1", "/defect", "/now/3"))).isEqualTo("/now/1");
    }

    /** On a host without netlink, finding a caller takes milliseconds for each 10,000 sockets. */
    @Test
    void lookUpThatReadsFilesDelaysNoOpenConnection() throws Exception {
        CountDownLatch lookingUp = new CountDownLatch(2);
        mayLookUp.release();
        start(request -> answer(request.getRequestURI().getPath()), new NoContainers() {
            @Override
            public CallerSource source(Caller caller) {
                lookingUp.countDown();
                mayLookUp.acquireUninterruptibly();
                return CallerSource.ofAddress(caller.source());
            }

            @Override
            public Optional<CallerSource> sourceAtOnce(Caller caller) {
                return Optional.empty();
            }
        });
        try (Socket open = connect();
                Socket later = connect()) {
            lookingUp.await();
            write(open, "/now/1");
            assertThat(bodies(readAll(open))).isEqualTo("/now/1");

            write(later, "/now/2");
            mayLookUp.release();
            assertThat(bodies(readAll(later))).isEqualTo("/now/2");
        }
    }

    /** Another caller's socket has its ends by then, whose container would be answered for it. */
    @Test
    void connectionThatItsCallerHasResetBeforeItsLookUpIsNotRead() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        Set<Integer> reset = ConcurrentHashMap.newKeySet();
        start(
                request -> {
                    answered.incrementAndGet();
                    return answer(request.getRequestURI().getPath());
                },
                new NoContainers() {
                    @Override
                    public CallerSource source(Caller caller) {
                        return reset.contains(caller.remote().getPort())
                                ? CallerSource.RESET
                                : new CallerSource("container other", true, true, Optional.of(OTHER));
                    }
                });
        try (Socket first = new Socket()) {
            first.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            reset.add(first.getLocalPort());
            first.connect(listener.address());
            write(first, "/now/1");
            assertThat(readAll(first)).isEmpty();
        }

        assertThat(bodies(send("/now/2"))).isEqualTo("/now/2");
        assertThat(answered).hasValue(1);
    }

    private void start(Function<ReceivedRequest, Handling> answers) throws IOException {
        start(answers, new NoContainers());
    }

    private void start(Function<ReceivedRequest, Handling> answers, ContainerAttestor attestor) throws IOException {
        mayAnswer.release(100);
        listener = Listener.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Optional.empty(),
                StopTimes.USUAL,
                new Listener.Limits(64, 0, ConnectionTimes.USUAL),
                attestor);
        listener.handle(answers);
        listener.start();
    }

    private Handling answer(String path) {
        return path.startsWith("/now/")
                ? new Handling.Done(response(path))
                : new Handling.Waits(() -> {
                    mayAnswer.acquireUninterruptibly();
                    return response(path);
                });
    }

    private static Response response(String body) {
        return new Response(200, Map.of(), body.getBytes(StandardCharsets.US_ASCII), false);
    }

    private Socket connect() throws IOException {
        Socket socket =
                new Socket(listener.address().getAddress(), listener.address().getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** Sends requests in one packet and returns everything that is received before the connection ends. */
    private String send(String... paths) throws IOException {
        try (Socket socket = connect()) {
            write(socket, paths);
            return readAll(socket);
        }
    }

    /** The last request closes the connection. */
    private static void write(Socket socket, String... paths) throws IOException {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < paths.length; i++) {
            requests.append("GET ")
                    .append(paths[i])
                    .append(" HTTP/1.1\r\nHost: x\r\n")
                    .append(i == paths.length - 1 ? "Connection: close\r\n\r\n" : "\r\n");
        }
        socket.getOutputStream().write(requests.toString().getBytes(StandardCharsets.US_ASCII));
    }

    private static String readAll(Socket socket) throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            for (int c = socket.getInputStream().read();
                    c >= 0;
                    c = socket.getInputStream().read()) {
                text.append((char) c);
            }
        } catch (SocketException reset) {
            // the connection ended with unread input
        }
        return text.toString();
    }

    private static String bodies(String responses) {
        return responses.replaceAll("(?s)HTTP/1\\.1 200 OK\r\n.*?\r\n\r\n", "");
    }
}
