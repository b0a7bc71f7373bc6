package io.mesosiam.channel.handshake;

import io.mesosiam.channel.ChannelFixture;
import io.mesosiam.channel.Deliveries;
import io.mesosiam.channel.StreamClient;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;

/**
 * Measures the cost of handshakes on the agents' port: many at once beside a live stream, and connections that never
 * finish theirs. Client and server share the process and its cores. Arguments: number of handshakes and of silent
 * connections: {@code HandshakeBenchmark 2000 4000}.
 */
final class HandshakeBenchmark {
    private static final int STALLED = 64;
    private static final String ATTACKER = "127.0.0.2";

    private HandshakeBenchmark() {}

    public static void main(String[] args) throws Exception {
        int handshakes = Integer.parseInt(args[0]);
        int silent = Integer.parseInt(args[1]);
        try (ChannelFixture fixture = new ChannelFixture()) {
            storm(fixture, 200);
            storm(fixture, handshakes);
            silence(fixture, silent);
        }
        System.exit(0);
    }

    private static void storm(ChannelFixture fixture, int handshakes) throws Exception {
        StreamClient live = fixture.open();
        AtomicBoolean over = new AtomicBoolean();
        List<Long> delays = new ArrayList<>();
        Thread probe = Thread.ofPlatform().start(() -> probe(fixture, live, over, delays));
        long began = System.nanoTime();
        try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
            all.invokeAll(Collections.nCopies(handshakes, () -> handshake(fixture)));
        }
        long done = System.nanoTime() - began;
        over.set(true);
        probe.join();
        live.close();
        long[] sorted = delays.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf(
                "%d handshakes at once: %d ms; a message on a live stream during them: p50 %d p99 %d max %d ms (n=%d)%n",
                handshakes, done / 1_000_000, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1), sorted.length);
    }

    /** Refused because of its CA at the end of the handshake, when the controller has done all its work. */
    private static boolean handshake(ChannelFixture fixture) {
        try (SSLSocket socket = fixture.handshaken(fixture.stranger())) {
            return socket.getInputStream().read() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static void probe(ChannelFixture fixture, StreamClient live, AtomicBoolean over, List<Long> delays) {
        try {
            while (!over.get()) {
                long sent = System.nanoTime();
                fixture.channel.deliver(ChannelFixture.S1, Deliveries.refuse("probe"));
                live.receive();
                delays.add((System.nanoTime() - sent) / 1_000_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void silence(ChannelFixture fixture, int silent) throws IOException, InterruptedException {
        List<StalledPeer> peers = new ArrayList<>();
        long before = usedHeap();
        for (int i = 0; i < silent; i++) {
            peers.add(StalledPeer.silent(ATTACKER, fixture.channel.port()));
        }
        Thread.sleep(1000);
        System.out.printf("%d silent connections: %d bytes of heap each%n", silent, (usedHeap() - before) / silent);
        for (int i = 0; i < STALLED; i++) {
            peers.add(StalledPeer.afterHello(ATTACKER, fixture.channel.port(), fixture.ca()));
        }
        long began = System.nanoTime();
        StreamClient host = fixture.connectHost2();
        host.send(ChannelFixture.hello(ChannelFixture.S2));
        host.receive(Sync.class);
        System.out.printf("a host beside them connects in %d ms%n", (System.nanoTime() - began) / 1_000_000);
        for (StalledPeer peer : peers) {
            peer.close();
        }
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static long at(long[] sorted, double quantile) {
        return sorted[(int) (quantile * (sorted.length - 1))];
    }
}
