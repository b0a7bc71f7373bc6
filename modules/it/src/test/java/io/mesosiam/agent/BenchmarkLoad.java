package io.mesosiam.agent;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests credentials like SDKs do, from a separate container, and prints one line of figures. Arguments: port and
 * phase.
 */
final class BenchmarkLoad {
    private static final Duration PHASE = Duration.ofSeconds(6);
    private static final int FRESH_PER_SECOND = 200;
    private static final int MAX_ANSWERS = 2_000_000;

    private final int port;
    private final long[] nanos = new long[MAX_ANSWERS];
    private final AtomicInteger answers = new AtomicInteger();

    private BenchmarkLoad(int port) {
        this.port = port;
    }

    public static void main(String[] arguments) throws Exception {
        BenchmarkLoad load = new BenchmarkLoad(Integer.parseInt(arguments[0]));
        switch (arguments[1]) {
            case "first" -> System.out.println(load.first());
            case "warm" -> load.keep(16);
            case "fresh" -> load.fresh();
            case String keep -> load.keep(Integer.parseInt(keep.substring("keep-".length())));
        }
        if (!arguments[1].equals("first")) {
            load.print();
        }
    }

    /**
     * The moment of the first 200, by the clock that all processes of this machine share. Prints a line after the first
     * attempt, with which this program's own start is over.
     */
    private long first() {
        boolean refused = false;
        while (true) {
            try (Connection connection = new Connection(port)) {
                connection.ask();
                return System.nanoTime();
            } catch (IOException e) {
                // not listening or not ready yet: this time is measured
                if (!refused) {
                    System.out.println("asking");
                    refused = true;
                }
                LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
            }
        }
    }

    /**
     * Sends each request on a new connection, evenly spread, by 16 clients; the latency of a late request counts from
     * its due time.
     */
    private void fresh() throws InterruptedException {
        long start = System.nanoTime();
        long gap = Duration.ofSeconds(1).toNanos() / FRESH_PER_SECOND;
        AtomicLong turn = new AtomicLong();
        inParallel(16, () -> {
            while (true) {
                long due = start + turn.getAndIncrement() * gap;
                if (due - start > PHASE.toNanos()) {
                    return;
                }
                while (due - System.nanoTime() > 0) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                try (Connection connection = new Connection(port)) {
                    connection.ask();
                }
                count(System.nanoTime() - due);
            }
        });
    }

    private void keep(int connections) throws InterruptedException {
        long end = System.nanoTime() + PHASE.toNanos();
        inParallel(connections, () -> {
            try (Connection connection = new Connection(port)) {
                while (System.nanoTime() - end < 0) {
                    long start = System.nanoTime();
                    connection.ask();
                    count(System.nanoTime() - start);
                }
            }
        });
    }

    private void count(long took) {
        int i = answers.getAndIncrement();
        if (i < MAX_ANSWERS) {
            nanos[i] = took;
        }
    }

    private void print() {
        int count = Math.min(answers.get(), MAX_ANSWERS);
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        System.out.printf(
                "answers=%d per-second=%d p50-ms=%.2f p99-ms=%.2f max-ms=%.1f%n",
                count,
                count / PHASE.toSeconds(),
                sorted[count / 2] / 1e6,
                sorted[(int) (count * 0.99)] / 1e6,
                sorted[count - 1] / 1e6);
    }

    private interface Client {
        void run() throws IOException;
    }

    private static void inParallel(int clients, Client client) throws InterruptedException {
        Thread[] threads = new Thread[clients];
        for (int i = 0; i < clients; i++) {
            threads[i] = Thread.ofPlatform().start(() -> {
                try {
                    client.run();
                } catch (IOException e) {
                    // a figure that omitted this failure would be wrong
                    System.err.println("load failed: " + e);
                    Runtime.getRuntime().halt(1);
                }
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static final class Connection implements AutoCloseable {
        private static final byte[] ASK =
                "GET /v2/credentials HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

        private final Socket socket;
        private final InputStream in;

        Connection(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
        }

        /** Sends one request and reads the whole response, which must be a 200. */
        void ask() throws IOException {
            socket.getOutputStream().write(ASK);
            String status = line();
            if (!status.startsWith("HTTP/1.1 200")) {
                throw new IOException("answered " + status);
            }
            int length = 0;
            for (String header = line(); !header.isEmpty(); header = line()) {
                if (header.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                    length = Integer.parseInt(header.substring(15).strip());
                }
            }
            in.skipNBytes(length);
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("the connection ended");
                }
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
