package io.mesosiam.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests credentials like SDKs at their start, each on a new connection, evenly spread, whether or not earlier
 * requests are answered. Ends when its input ends, or after a number of requests, and prints one line. Arguments: port,
 * requests a second, and optionally that number, the number of attempts for each, and a text that answers must contain.
 */
final class FreshAsks {
    private static final byte[] ASK = "GET /v2/credentials HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);

    /** SDKs time out after one or two seconds; longer responses are counted with their time. */
    private static final int PATIENCE_MILLIS = 30_000;

    private final int port;
    private final int tries;
    private final String expected;
    private final ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

    private FreshAsks(int port, int tries, String expected) {
        this.port = port;
        this.tries = tries;
        this.expected = expected;
    }

    /** The result of a run, as its process prints it. */
    record Result(int asks, List<String> failures, long p50Millis, long p99Millis, long maxMillis) {
        static Result parse(String line) {
            String[] part = line.split("\t", -1);
            return new Result(
                    Integer.parseInt(part[0]),
                    part[4].isEmpty() ? List.of() : List.of(part[4].split("; ", -1)),
                    Long.parseLong(part[1]),
                    Long.parseLong(part[2]),
                    Long.parseLong(part[3]));
        }
    }

    public static void main(String[] arguments) throws Exception {
        FreshAsks asks = new FreshAsks(
                Integer.parseInt(arguments[0]),
                arguments.length > 3 ? Integer.parseInt(arguments[3]) : 1,
                arguments.length > 4 ? arguments[4] : "SecretAccessKey");
        int most = arguments.length > 2 ? Integer.parseInt(arguments[2]) : Integer.MAX_VALUE;
        asks.until(Thread.ofPlatform().daemon().start(FreshAsks::readAll), Integer.parseInt(arguments[1]), most);
        asks.print();
    }

    private static void readAll() {
        try {
            System.in.readAllBytes();
        } catch (IOException e) {
            // the end of the input is awaited
        }
    }

    private void until(Thread input, int perSecond, int most) throws InterruptedException {
        long gap = Duration.ofSeconds(1).toNanos() / perSecond;
        long due = System.nanoTime();
        List<Thread> asking = new ArrayList<>();
        System.out.println("asking");
        while (input.isAlive() && asking.size() < most) {
            long at = due;
            asking.add(Thread.startVirtualThread(() -> ask(at)));
            due += gap;
            while (due - System.nanoTime() > 0) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
        }
        for (Thread thread : asking) {
            thread.join();
        }
    }

    /** @param due when the request was due: this process's own delays are part of what is measured */
    private void ask(long due) {
        String failure = "";
        for (int i = 0; i < tries; i++) {
            try {
                String answer = answer();
                if (answer.startsWith("HTTP/1.1 200") && answer.contains(expected)) {
                    nanos.add(System.nanoTime() - due);
                    return;
                }
                failure = "answered '" + answer.lines().findFirst().orElse("") + "'" + code(answer);
            } catch (IOException e) {
                failure = String.valueOf(e.getMessage());
            }
        }
        failures.add(failure);
    }

    private static String code(String answer) {
        int at = answer.indexOf("\"code\"");
        return at < 0 ? "" : " " + answer.substring(at, Math.min(at + 40, answer.length()));
    }

    private String answer() throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(ASK);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void print() {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.println(nanos.size() + failures.size() + "\t" + millis(sorted, 0.5) + "\t" + millis(sorted, 0.99)
                + "\t" + millis(sorted, 1) + "\t" + String.join("; ", failures));
    }

    private static long millis(long[] sorted, double share) {
        return sorted.length == 0
                ? -1
                : Duration.ofNanos(sorted[Math.min(sorted.length - 1, (int) (sorted.length * share))])
                        .toMillis();
    }
}
