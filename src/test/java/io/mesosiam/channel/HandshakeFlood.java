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
 * that the controller closes is opened again.
 */
final class HandshakeFlood implements AutoCloseable {
    private static final Duration BETWEEN_BYTES = Duration.ofMillis(900);

    /** The head of a record of 4 KiB, to be sent a byte at a time, and its first bytes. */
    private static final byte[] ENDLESS_RECORD = {0x17, 3, 3, 0x10, 0, 0, 0, 0, 0, 0, 0, 0};

    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger connected = new AtomicInteger();
    private final SocketAddress port;
    private final byte[] clientHello;
    private final boolean drips;
    private final List<Thread> threads = new ArrayList<>();

    private static final class Peer {
        final SocketAddress from;
        SocketChannel channel;
        long saidAt = System.nanoTime();
        int said;

        Peer(SocketAddress from, SocketChannel channel) {
            this.from = from;
            this.channel = channel;
        }
    }

    /**
     * Begins, and returns when all connections are open.
     *
     * @param drips whether each connection sends a byte every 900 ms
     */
    HandshakeFlood(int sources, int connections, int port, byte[] clientHello, boolean drips)
            throws InterruptedException {
        this.port = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.clientHello = clientHello;
        this.drips = drips;
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
            boolean closed = peer.channel.read(answer) < 0;
            long now = System.nanoTime();
            if (!closed && drips && now - peer.saidAt > BETWEEN_BYTES.toNanos()) {
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
