package io.mesosiam.agent.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.CallerSource;
import io.mesosiam.agent.attest.ContainerAttestor;
import io.mesosiam.agent.kernel.ActivatedSocket;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP server on a socket that another program holds: here this test, in the role of systemd. */
class ListenerTest {
    /** The first is longer than the time between two steps of this test, the others than all steps between the start of a stop and the last answer. */
    private static final StopTimes STOP =
            new StopTimes(TimeLimit.seconds(1), TimeLimit.seconds(10), TimeLimit.seconds(10));

    private static final Listener.Limits LIMITS = new Listener.Limits(64, 0, ConnectionTimes.USUAL);
    private static final int PATIENCE_MILLIS = TimeLimit.millis(20_000);

    @SuppressWarnings("restricted")
    private static final MethodHandle DUP = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("dup"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private final BlockingQueue<String> received = new ArrayBlockingQueue<>(16);
    private final Semaphore mayAnswer = new Semaphore(0);
    private ServerSocketChannel kept;
    private InetSocketAddress address;

    @BeforeEach
    void openSocket() throws IOException {
        kept = ServerSocketChannel.open().bind(new InetSocketAddress(0), 64);
        address = (InetSocketAddress) kept.getLocalAddress();
    }

    @AfterEach
    void closeSocket() throws IOException {
        kept.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void passedSocketIsServed(String loopback) throws Exception {
        mayAnswer.release();
        try (Listener listener = start("first");
                Socket caller = connect(loopback)) {
            assertThat(listener.address()).isEqualTo(address);
            sendRequest(caller);
            assertThat(answer(caller)).isEqualTo("first");
        }
    }

    /** A megabyte of them is within the time of a request, and each costs the thread that serves all. */
    @Test
    void blankLinesBeforeARequestAreBounded() throws Exception {
        byte[] lines = "\r\n".repeat(32_768).getBytes(StandardCharsets.US_ASCII);
        try (Listener listener = start("first");
                Socket caller = connect("127.0.0.1")) {
            assertThat(listener.address()).isEqualTo(address);
            int written = 0;
            try {
                while (written < 16_000_000) {
                    caller.getOutputStream().write(lines);
                    written += lines.length;
                }
            } catch (IOException closed) {
                // as expected
            }
            assertThat(written).isLessThan(16_000_000);
        }
    }

    @Test
    void connectionWithoutAServerIsAnsweredByTheNext() throws Exception {
        mayAnswer.release(2);
        start("first").close();
        try (Socket waiting = connect("127.0.0.1")) {
            sendRequest(waiting);
            try (Listener _ = start("second")) {
                assertThat(answer(waiting)).isEqualTo("second");
            }
        }
    }

    @Test
    void stoppingServerAnswersAcceptedConnectionsAndLeavesOthersToTheNext() throws Exception {
        Listener first = start("first");
        try (Socket held = connect("127.0.0.1");
                Socket silent = connect("127.0.0.1")) {
            sendRequest(held);
            assertThat(received.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("first");
            awaitAccepted(silent);
            CompletableFuture<Void> closed = CompletableFuture.runAsync(first::close);
            awaitNotWatched();
            try (Socket later = connect("127.0.0.1")) {
                sendRequest(later);
                mayAnswer.release(2);
                assertThat(answer(held)).isEqualTo("first");
                // no request is in progress now
                sendRequest(silent);
                assertThat(answer(silent)).isEqualTo("first");

                closed.join();
                mayAnswer.release();
                try (Listener _ = start("second")) {
                    assertThat(answer(later)).isEqualTo("second");
                }
            }
        }
    }

    @Test
    void stoppingServerAnswersAFirstRequestThatArrivesAfterTheQuietTime() throws Exception {
        Listener first = start("first", new StopTimes(Duration.ZERO, STOP.request(), STOP.answer()));
        try (Socket silent = connect("127.0.0.1")) {
            awaitAccepted(silent);
            CompletableFuture<Void> closed = CompletableFuture.runAsync(first::close);
            awaitNotWatched();

            mayAnswer.release();
            sendRequest(silent);

            assertThat(answer(silent)).isEqualTo("first");
            closed.join();
        }
    }

    @Test
    void callerThatSendsOneRequestAfterAnotherDoesNotMakeAStopWait() throws Exception {
        Listener first = start("first");
        mayAnswer.release(Integer.MAX_VALUE);
        try (Socket kept = connect("127.0.0.1")) {
            assertThat(keptAnswer(kept)).doesNotContain("connection: close");
            CompletableFuture<Void> closed = CompletableFuture.runAsync(first::close);

            String answer;
            do {
                received.clear();
                answer = keptAnswer(kept);
            } while (!answer.contains("connection: close"));

            closed.join();
            assertThat(kept.getInputStream().read()).isNegative();
        }
    }

    @Test
    void connectionsWithoutARequestDontDelayAStopForLong() throws Exception {
        Listener first = start("first", new StopTimes(Duration.ZERO, Duration.ofMillis(1), TimeLimit.seconds(600)));
        try (Socket silent = connect("127.0.0.1");
                Socket partial = connect("127.0.0.1")) {
            awaitAccepted(silent);
            awaitAccepted(partial);
            partial.getOutputStream().write("GET / HTTP".getBytes(StandardCharsets.US_ASCII));

            first.close();

            assertThat(silent.getInputStream().readAllBytes()).isEmpty();
        }
    }

    @Test
    void requestThatStillWaitsIsAnsweredThatTheServerStops() throws Exception {
        Listener first = start("first", new StopTimes(Duration.ZERO, STOP.request(), Duration.ZERO));
        try (Socket held = connect("127.0.0.1")) {
            sendRequest(held);
            assertThat(received.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isEqualTo("first");

            first.close();

            assertThat(answer(held)).isEqualTo("stopping");
        }
    }

    /** Callers by IPv4 are in a network that is looked up in files, those by IPv6 are not. */
    private static class FilesForIpv4 extends NoContainers {
        static boolean isIpv4(Caller caller) {
            return caller.remote().getAddress() instanceof Inet4Address;
        }

        @Override
        public Optional<CallerSource> sourceAtOnce(Caller caller) {
            return isIpv4(caller) ? Optional.empty() : super.sourceAtOnce(caller);
        }
    }

    @Test
    void slowLookUpDelaysOnlyConnectionsThatAreLookedUpInFiles() throws Exception {
        Semaphore lookUps = new Semaphore(0);
        List<Socket> slow = new ArrayList<>();
        mayAnswer.release(2);
        try (Listener _ = start("first", STOP, new FilesForIpv4() {
            @Override
            public CallerSource source(Caller caller) {
                if (isIpv4(caller)) {
                    lookUps.acquireUninterruptibly();
                }
                return new CallerSource("user 0", true, false, Optional.empty());
            }
        })) {
            try (Socket fast = connect("::1")) {
                for (int i = 0; i <= LIMITS.connections(); i++) {
                    slow.add(connect("127.0.0.1"));
                }
                assertThat(slow.getLast().getInputStream().read())
                        .as("more wait than may be open")
                        .isNegative();
                sendRequest(fast);
                assertThat(answer(fast)).isEqualTo("first");
                try (Socket later = connect("::1")) {
                    sendRequest(later);
                    assertThat(answer(later)).isEqualTo("first");
                }
                lookUps.release(LIMITS.connections());
                mayAnswer.release();
                sendRequest(slow.getFirst());
                assertThat(answer(slow.getFirst())).isEqualTo("first");
            } finally {
                lookUps.release(LIMITS.connections());
                for (Socket socket : slow) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void lookUpThatEndsWithAnErrorClosesOnlyItsConnection() throws Exception {
        AtomicBoolean failed = new AtomicBoolean();
        mayAnswer.release();
        try (Listener _ = start("first", STOP, new FilesForIpv4() {
                    @Override
                    public CallerSource source(Caller caller) {
                        if (failed.compareAndSet(false, true)) {
                            throw new AssertionError("as with too little memory");
                        }
                        return super.source(caller);
                    }
                });
                Socket failing = connect("127.0.0.1")) {
            assertThat(failing.getInputStream().read()).isNegative();
            try (Socket next = connect("127.0.0.1")) {
                sendRequest(next);
                assertThat(answer(next)).isEqualTo("first");
            }
        }
    }

    @Test
    void socketOfAnotherAddressIsRefused() throws Exception {
        int descriptor = duplicate();
        ActivatedSocket socket = ActivatedSocket.of(descriptor);

        assertThatThrownBy(() -> Listener.open(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort()),
                        Optional.of(socket),
                        STOP,
                        LIMITS,
                        new NoContainers()))
                .as("loopback is required, not the wildcard")
                .isInstanceOf(IOException.class)
                .hasMessageContaining("listens on");
    }

    private Listener start(String name) throws Exception {
        return start(name, STOP);
    }

    private Listener start(String name, StopTimes stop) throws Exception {
        return start(name, stop, new NoContainers());
    }

    private Listener start(String name, StopTimes stop, ContainerAttestor attestor) throws Exception {
        Listener listener = Listener.open(
                new InetSocketAddress(address.getPort()),
                Optional.of(ActivatedSocket.of(duplicate())),
                stop,
                LIMITS,
                attestor);
        listener.handle(_ -> new Handling.Waits(() -> answer(name)));
        listener.start();
        return listener;
    }

    private Response answer(String name) {
        received.add(name);
        try {
            mayAnswer.acquire();
        } catch (InterruptedException e) {
            return response(503, "stopping");
        }
        return response(200, name);
    }

    private static Response response(int status, String body) {
        return new Response(status, Map.of(), body.getBytes(StandardCharsets.US_ASCII), false);
    }

    private Socket connect(String loopback) throws IOException {
        Socket socket = new Socket(loopback, address.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private static void sendRequest(Socket socket) throws IOException {
        socket.getOutputStream()
                .write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    /** The head, in lower case, of the answer to a request after which the connection may stay open. */
    private static String keptAnswer(Socket socket) throws IOException {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as("a byte after " + head).isNotNegative();
            head.append((char) next);
        }
        byte[] unused = socket.getInputStream().readNBytes("first".length());
        return head.toString().toLowerCase(Locale.ROOT);
    }

    private static String answer(Socket socket) throws IOException {
        String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    private int duplicate() throws IOException {
        for (Path descriptor : descriptors()) {
            int number = Integer.parseInt(descriptor.getFileName().toString());
            try {
                if (ActivatedSocket.of(number).address().equals(address)) {
                    return (int) DUP.invokeExact(number);
                }
            } catch (IOException another) {
                // another descriptor
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
        throw new AssertionError("no descriptor listens on " + address);
    }

    private static List<Path> descriptors() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.toList();
        }
    }

    /** A connection has an inode once it is accepted (proc(5): net/tcp). */
    private void awaitAccepted(Socket caller) throws IOException {
        String ends = "%04X".formatted(address.getPort()) + " [0-9A-F]+:%04X 01 .*".formatted(caller.getLocalPort());
        while (Files.readAllLines(Path.of("/proc/self/net/tcp6")).stream()
                .map(line -> line.strip().replaceAll(" +", " "))
                .filter(line -> line.matches("[0-9]+: [0-9A-F]+:" + ends))
                .noneMatch(line -> !line.split(" ", -1)[9].equals("0"))) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Waits until no selector of this process watches a socket that listens on the address. */
    private void awaitNotWatched() throws IOException {
        while (watched()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private boolean watched() throws IOException {
        for (Path descriptor : descriptors()) {
            int number = Integer.parseInt(descriptor.getFileName().toString());
            try {
                if (ActivatedSocket.of(number).address().equals(address) && isWatched(number)) {
                    return true;
                }
            } catch (IOException another) {
                // another descriptor
            }
        }
        return false;
    }

    private static boolean isWatched(int descriptor) throws IOException {
        return descriptors().stream()
                .map(one -> Path.of("/proc/self/fdinfo").resolve(one.getFileName()))
                .anyMatch(facts -> text(facts).lines().anyMatch(line -> line.matches("tfd: +" + descriptor + " .*")));
    }

    private static String text(Path facts) {
        try {
            return Files.readString(facts);
        } catch (IOException closed) {
            return "";
        }
    }
}
