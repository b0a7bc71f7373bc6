package io.mesosiam.channel.handshake;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.mesosiam.fakes.TestTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** A peer that connects to the agents' port from its own address, and does not continue its handshake. */
final class StalledPeer implements AutoCloseable {
    private final Socket socket = new Socket();

    private StalledPeer(String from, int port) throws IOException {
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
    }

    /** Sends nothing. */
    static StalledPeer silent(String from, int port) throws IOException {
        return new StalledPeer(from, port);
    }

    /** Sends the first half of a ClientHello. */
    static StalledPeer half(String from, int port, Path ca) throws IOException {
        byte[] hello = clientHello(ca);
        StalledPeer peer = new StalledPeer(from, port);
        peer.socket.getOutputStream().write(Arrays.copyOf(hello, hello.length / 2));
        return peer;
    }

    /** Sends the beginning of another protocol. */
    static StalledPeer plain(String from, int port, String text) throws IOException {
        StalledPeer peer = new StalledPeer(from, port);
        peer.socket.getOutputStream().write(text.getBytes(US_ASCII));
        return peer;
    }

    /** Sends a ClientHello and nothing after it. */
    static StalledPeer afterHello(String from, int port, Path ca) throws IOException {
        StalledPeer peer = new StalledPeer(from, port);
        peer.socket.getOutputStream().write(clientHello(ca));
        return peer;
    }

    /** Waits until the controller closes the connection. */
    void awaitClosed(int millis) throws IOException {
        socket.setSoTimeout(millis);
        byte[] answer = new byte[1024];
        int read = socket.getInputStream().read(answer);
        while (read >= 0) {
            read = socket.getInputStream().read(answer);
        }
    }

    boolean isOpen() {
        return !socket.isClosed();
    }

    static byte[] clientHello(Path ca) throws SSLException {
        SSLEngine engine = TestTls.context(ca, Optional.empty()).createSSLEngine("localhost", 443);
        engine.setUseClientMode(true);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
