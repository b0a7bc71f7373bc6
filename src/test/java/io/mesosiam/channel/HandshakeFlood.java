package io.mesosiam.channel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Addresses that hold connections to the agents' port after their ClientHello, and never finish a handshake. A connection
 * that is closed is opened again.
 */
final class HandshakeFlood implements AutoCloseable {
    private static final Duration BETWEEN_BYTES = Duration.ofMillis(900);

    /** What a connection does after its ClientHello. */
    enum Kind {
        SILENT,

        /** Sends a byte every 900 ms. */
        DRIPS,

        /** Closes 900 ms after the controller has answered. */
        CLOSES
    }

    /** The head of a record of 4 KiB, to be sent a byte at a time, and its first bytes. */
    private static final byte[] ENDLESS_RECORD = {0x17, 3, 3, 0x10, 0, 0, 0, 0, 0, 0, 0, 0};

    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger connected = new AtomicInteger();
    private final SocketAddress port;
    private final byte[] clientHello;
    private final Kind kind;
    private final List<Thread> threads = new ArrayList<>();

    private static final class Peer {
        final SocketAddress from;
        SocketChannel channel;
        long saidAt = System.nanoTime();
        boolean answered;
        int said;

        Peer(SocketAddress from, SocketChannel channel) {
            this.from = from;
            this.channel = channel;
        }
    }

    /** Begins, and returns when all connections are open. */
    HandshakeFlood(int sources, int connections, int port, byte[] clientHello, Kind kind) throws InterruptedException {
        this.port = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.clientHello = clientHello;
        this.kind = kind;
        CountDownLatch open = new CountDownLatch(sources);
        for (int i = 0; i < sources; i++) {
            SocketAddress from = new InetSocketAddress(InetAddress.ofLiteral("127.1.0." + (i + 1)), 0);
            threads.add(Thread.ofVirtual().start(() -> attack(from, connections, open)));
        }
        open.await();
    }

    private void attack(SocketAddress from, int connections, CountDownLatch open) {
        List<Peer> peers = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                peers.add(new Peer(from, connect(from)));
            }
            open.countDown();
            while (!over.await(50, TimeUnit.MILLISECONDS)) {
                for (Peer peer : peers) {
                    goOn(peer);
                }
            }
        } catch (IOException e) {
            open.countDown();
            throw new IllegalStateException("the flood has ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            peers.forEach(HandshakeFlood::close);
        }
    }

    private SocketChannel connect(SocketAddress from) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.bind(from);
        channel.connect(port);
        channel.write(ByteBuffer.wrap(clientHello));
        channel.configureBlocking(false);
        connected.incrementAndGet();
        return channel;
    }

    private void goOn(Peer peer) throws IOException {
        try {
            ByteBuffer answer = ByteBuffer.allocate(8192);
            int read = peer.channel.read(answer);
            long now = System.nanoTime();
            if (read > 0 && !peer.answered) {
                peer.answered = true;
                peer.saidAt = now;
            }
            boolean closed =
                    read < 0 || (kind == Kind.CLOSES && peer.answered && now - peer.saidAt > BETWEEN_BYTES.toNanos());
            if (!closed && kind == Kind.DRIPS && now - peer.saidAt > BETWEEN_BYTES.toNanos()) {
                peer.saidAt = now;
                peer.channel.write(ByteBuffer.wrap(ENDLESS_RECORD, peer.said++ % ENDLESS_RECORD.length, 1));
            }
            if (!closed) {
                return;
            }
        } catch (IOException e) {
            // reset by the controller
        }
        close(peer);
        peer.channel = connect(peer.from);
        peer.said = 0;
        peer.answered = false;
        peer.saidAt = System.nanoTime();
    }

    /** Connections opened so far. */
    int connected() {
        return connected.get();
    }

    private static void close(Peer peer) {
        try {
            peer.channel.close();
        } catch (IOException e) {
            // closed is all that is wanted
        }
    }

    @Override
    public void close() {
        over.countDown();
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
