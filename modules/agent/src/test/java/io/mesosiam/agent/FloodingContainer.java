package io.mesosiam.agent;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A program that opens as many connections to the agent as it can, and replaces each that is closed, until its standard
 * input ends. It begins at the first line of its input, so that several of them can begin together. For each further
 * line it prints how many it has opened, and when by its own clock, in nanoseconds. Arguments: what it does on each
 * connection, the number of concurrent connections, the agent's address and port, the source addresses, separated by
 * commas, and optionally the most connections that it opens in a second.
 */
final class FloodingContainer {
    private static final String REQUEST = "GET /v2/credentials HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    private static final int LIMIT_MILLIS = 5_000;
    private static final Duration BETWEEN_BYTES = Duration.ofSeconds(1);

    private final Does does;
    private final InetSocketAddress agent;

    /** Nanoseconds between two connections. */
    private final long gap;

    private final AtomicLong due = new AtomicLong(System.nanoTime());
    private final AtomicLong opened = new AtomicLong();

    /** Counts down for each connection that is open or has been closed once. */
    private final CountDownLatch open;

    private FloodingContainer(Does does, InetSocketAddress agent, int count, long gap) {
        this.does = does;
        this.agent = agent;
        this.gap = gap;
        this.open = new CountDownLatch(count);
    }

    /** What the program does on each connection. */
    enum Does {
        NOTHING(""),
        HALF_A_REQUEST("GET /v2/"),
        A_BYTE_A_SECOND("GET /v2/credentials HTTP/1.1\r\nX-Filler: "),
        LARGE_HEADERS_WITHOUT_AN_END("GET /v2/credentials HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + ("X-Filler: " + "a".repeat(240) + "\r\n").repeat(60)),
        REQUESTS_AND_NEVER_READS(REQUEST.repeat(100)),
        REQUESTS_AND_CLOSES_AT_ONCE(REQUEST);

        private final String sends;

        Does(String sends) {
            this.sends = sends;
        }

        /**
         * The number of concurrent connections. Connections that the agent closes at once add up to thousands within a
         * second.
         */
        int connections() {
            return this == REQUESTS_AND_CLOSES_AT_ONCE ? 8 : 400;
        }
    }

    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[1]);
        FloodingContainer flood = new FloodingContainer(
                Does.valueOf(arguments[0]),
                new InetSocketAddress(InetAddress.ofLiteral(arguments[2]), Integer.parseInt(arguments[3])),
                count,
                arguments.length > 5 ? Duration.ofSeconds(1).toNanos() / Integer.parseInt(arguments[5]) : 0);
        List<InetAddress> from =
                Stream.of(arguments[4].split(",")).map(InetAddress::ofLiteral).toList();
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("ready");
        if (questions.readLine() == null) {
            return;
        }
        for (int i = 0; i < count; i++) {
            InetAddress source = from.get(i % from.size());
            Thread.startVirtualThread(() -> flood.again(source));
        }
        flood.open.await();
        System.out.println("flooding");
        while (questions.readLine() != null) {
            System.out.println(flood.opened.get() + " " + System.nanoTime());
        }
        System.exit(0);
    }

    private void again(InetAddress source) {
        while (true) {
            awaitTurn();
            try (Socket socket = new Socket()) {
                socket.setReceiveBufferSize(2048);
                socket.bind(new InetSocketAddress(source, 0));
                socket.connect(agent, LIMIT_MILLIS);
                opened.incrementAndGet();
                socket.getOutputStream().write(does.sends.getBytes(StandardCharsets.US_ASCII));
                open.countDown();
                hold(socket);
            } catch (IOException ended) {
                open.countDown();
            }
        }
    }

    /** Waits until this connection may be opened. */
    private void awaitTurn() {
        if (gap > 0) {
            long at = due.getAndAdd(gap);
            for (long left = at - System.nanoTime(); left > 0; left = at - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }

    private void hold(Socket socket) throws IOException {
        switch (does) {
            case NOTHING, HALF_A_REQUEST, LARGE_HEADERS_WITHOUT_AN_END -> {
                int ignored = socket.getInputStream().read();
            }
            case A_BYTE_A_SECOND -> {
                while (true) {
                    LockSupport.parkNanos(BETWEEN_BYTES.toNanos());
                    socket.getOutputStream().write('a');
                }
            }
            case REQUESTS_AND_NEVER_READS -> {
                while (true) {
                    socket.getOutputStream().write(does.sends.getBytes(StandardCharsets.US_ASCII));
                }
            }
            case REQUESTS_AND_CLOSES_AT_ONCE -> {}
        }
    }
}
