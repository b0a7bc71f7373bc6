package io.mesosiam.agent;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Requests credentials evenly spread, as many on new connections as on a kept one, whether or not earlier requests are
 * answered, each with one attempt. For each line of its input it prints one line with the figures since the line
 * before. Ends with its input. Arguments: port and requests a second of either kind.
 */
final class SteadyAsks {
    private static final String HOST = "GET /v2/credentials HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    private static final byte[] FRESH = (HOST + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEPT = (HOST + "\r\n").getBytes(StandardCharsets.US_ASCII);

    /** A longer response fails: SDKs time out after one or two seconds. */
    private static final int PATIENCE_MILLIS = 5_000;

    private final InetSocketAddress agent;
    private final long gap;
    private volatile Phase phase = new Phase();

    private SteadyAsks(int port, int perSecond) {
        this.agent = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.gap = Duration.ofSeconds(1).toNanos() / perSecond;
    }

    /** The requests of one kind that were due in one phase. */
    private static final class Kind {
        private final AtomicInteger running = new AtomicInteger();
        private final ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();

        /** @param due when the request was due: this process's own delays are part of what is measured */
        void run(long due, Ask ask) {
            try {
                ask.run();
                nanos.add(System.nanoTime() - due);
            } catch (IOException e) {
                failures.add(String.valueOf(e.getMessage()));
            } finally {
                running.decrementAndGet();
            }
        }

        Figures figures() {
            while (running.get() > 0) {
                LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
            }
            return new Figures(
                    nanos.stream()
                            .mapToLong(each -> each / 1_000)
                            .sorted()
                            .boxed()
                            .toList(),
                    List.copyOf(failures));
        }
    }

    private record Phase(Kind fresh, Kind kept) {
        Phase() {
            this(new Kind(), new Kind());
        }
    }

    private interface Ask {
        void run() throws IOException;
    }

    /**
     * The requests of one kind.
     *
     * @param micros how long each answered one took, sorted
     * @param failures of each other one
     */
    record Figures(List<Long> micros, List<String> failures) {
        static Figures none() {
            return new Figures(List.of(), List.of());
        }

        Figures and(Figures more) {
            return new Figures(
                    Stream.concat(micros.stream(), more.micros.stream())
                            .sorted()
                            .toList(),
                    Stream.concat(failures.stream(), more.failures.stream()).toList());
        }

        int asks() {
            return micros.size() + failures.size();
        }

        double median() {
            return longest(asks() * 0.5);
        }

        double p99() {
            return longest(asks() * 0.01);
        }

        double max() {
            return longest(1);
        }

        /** The least that p99 is in 19 of 20 samples of this size, if requests are delayed independently. */
        double lowest() {
            return longest(asks() * 0.01 + 2 * Math.sqrt(asks() * 0.01));
        }

        /** The most that it is. */
        double highest() {
            return longest(asks() * 0.01 - 2 * Math.sqrt(asks() * 0.01));
        }

        /** In milliseconds. */
        private double longest(double nth) {
            int position = micros.size() - (int) Math.max(1, Math.round(nth));
            return micros.isEmpty() ? Double.NaN : micros.get(Math.max(0, position)) / 1e3;
        }

        private static Figures parse(String text) {
            String[] part = text.split("\t", -1);
            return new Figures(
                    split(part[0]).map(Long::valueOf).toList(), split(part[1]).toList());
        }

        private static Stream<String> split(String text) {
            return text.isEmpty() ? Stream.empty() : Arrays.stream(text.split(";", -1));
        }

        private String text() {
            return micros.stream().map(String::valueOf).collect(Collectors.joining(";"))
                    + "\t"
                    + failures.stream()
                            .map(failure -> failure.replaceAll("[;\\s]", " "))
                            .collect(Collectors.joining(";"));
        }
    }

    /** The figures of one phase. */
    record Result(Figures fresh, Figures kept) {
        static Result none() {
            return new Result(Figures.none(), Figures.none());
        }

        Result and(Result more) {
            return new Result(fresh.and(more.fresh), kept.and(more.kept));
        }

        static Result parse(String line) {
            String[] kinds = line.split("\f", -1);
            return new Result(Figures.parse(kinds[0]), Figures.parse(kinds[1]));
        }
    }

    public static void main(String[] arguments) throws Exception {
        SteadyAsks asks = new SteadyAsks(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
        Thread.ofPlatform().daemon().start(asks::fresh);
        Thread.ofPlatform().daemon().start(asks::kept);
        System.out.println("asking");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        while (input.readLine() != null) {
            Phase ended = asks.phase;
            asks.phase = new Phase();
            System.out.println(ended.fresh().figures().text() + "\f"
                    + ended.kept().figures().text());
        }
    }

    private void fresh() {
        for (long due = System.nanoTime(); ; due += gap) {
            long at = due;
            await(at);
            Kind kind = phase.fresh();
            kind.running.incrementAndGet();
            Thread.startVirtualThread(() -> kind.run(at, () -> {
                try (Socket socket = open()) {
                    socket.getOutputStream().write(FRESH);
                    checked(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
                }
            }));
        }
    }

    private void kept() {
        List<Socket> open = new ArrayList<>(1);
        for (long due = System.nanoTime(); ; due += gap) {
            await(due);
            Kind kind = phase.kept();
            kind.running.incrementAndGet();
            kind.run(due, () -> askKept(open));
        }
    }

    /** As clients do: a kept connection that was closed before the request is replaced, any other failure counts. */
    private void askKept(List<Socket> open) throws IOException {
        boolean reused = !open.isEmpty();
        try {
            if (!reused) {
                open.add(open());
            }
            Socket socket = open.getFirst();
            socket.getOutputStream().write(KEPT);
            checked(answer(socket.getInputStream()));
        } catch (ClosedBeforeAnAnswer | SocketException e) {
            close(open);
            if (!reused) {
                throw e;
            }
            askKept(open);
        } catch (IOException e) {
            close(open);
            throw e;
        }
    }

    private static final class ClosedBeforeAnAnswer extends IOException {
        private static final long serialVersionUID = 1L;

        ClosedBeforeAnAnswer() {
            super("closed before an answer");
        }
    }

    private static String answer(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        int body = -1;
        while (body < 0 || text.length() < body) {
            int c = in.read();
            if (c < 0) {
                throw text.isEmpty() ? new ClosedBeforeAnAnswer() : new IOException("cut off");
            }
            text.append((char) c);
            if (body < 0 && text.toString().endsWith("\r\n\r\n")) {
                String length = text.toString().replaceFirst("(?is).*content-length: *([0-9]+).*", "$1");
                body = text.length() + Integer.parseInt(length);
            }
        }
        return text.toString();
    }

    private static void checked(String answer) throws IOException {
        if (!answer.startsWith("HTTP/1.1 200") || !answer.contains("SecretAccessKey")) {
            throw new IOException("answered '" + answer.lines().findFirst().orElse("") + "'");
        }
    }

    private Socket open() throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(agent, PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void close(List<Socket> open) throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
        open.clear();
    }

    private static void await(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
