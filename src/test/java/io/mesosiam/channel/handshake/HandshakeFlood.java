package io.mesosiam.channel.handshake;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Addresses that keep connections to the agents' port open after their ClientHello, and never finish a handshake. A
 * closed connection is opened again.
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

    /** The header of a record of 4 KiB and its first bytes, sent a byte at a time. */
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
        long sentAt;
        boolean readable;
        boolean answered;
        int sent;

        Peer(SocketAddress from) {
            this.from = from;
        }
    }

    /** Starts the flood; returns when all connections are open. */
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
        ByteBuffer answers = ByteBuffer.allocate(8192);
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < connections; i++) {
                peers.add(connected(new Peer(from), selector));
            }
            open.countDown();
            while (!over.await(50, TimeUnit.MILLISECONDS)) {
                // reads only what has arrived: a flood must not use the time that the controller needs
                selector.selectNow(key -> ((Peer) key.attachment()).readable = true);
                for (Peer peer : peers) {
                    step(peer, answers, selector);
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

    private Peer connected(Peer peer, Selector selector) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.bind(peer.from);
        channel.connect(port);
        channel.write(ByteBuffer.wrap(clientHello));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, peer);
        connected.incrementAndGet();
        peer.channel = channel;
        peer.sentAt = System.nanoTime();
        return peer;
    }

    private void step(Peer peer, ByteBuffer answers, Selector selector) throws IOException {
        try {
            int read = peer.readable ? peer.channel.read(answers.clear()) : 0;
            peer.readable = false;
            long now = System.nanoTime();
            if (read > 0 && !peer.answered) {
                peer.answered = true;
                peer.sentAt = now;
            }
            boolean closed =
                    read < 0 || (kind == Kind.CLOSES && peer.answered && now - peer.sentAt > BETWEEN_BYTES.toNanos());
            if (!closed && kind == Kind.DRIPS && now - peer.sentAt > BETWEEN_BYTES.toNanos()) {
                peer.sentAt = now;
                peer.channel.write(ByteBuffer.wrap(ENDLESS_RECORD, peer.sent++ % ENDLESS_RECORD.length, 1));
            }
            if (!closed) {
                return;
            }
        } catch (IOException e) {
            // reset by the controller
        }
        close(peer);
        peer.sent = 0;
        peer.answered = false;
        peer.readable = false;
        connected(peer, selector);
    }

    /** Connections opened so far. */
    int connected() {
        return connected.get();
    }

    private static void close(Peer peer) {
        try {
            peer.channel.close();
        } catch (IOException e) {
            // the connection is closed in any case
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
