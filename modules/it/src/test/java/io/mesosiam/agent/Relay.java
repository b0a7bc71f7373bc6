package io.mesosiam.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * Passes connections of one socket on to another address, byte by byte. The socket can be that of another network namespace; the
 * connections are made in that of the program.
 */
final class Relay implements AutoCloseable {
    private final ServerSocket listening;
    private final InetSocketAddress target;
    private final List<Socket> open = new ArrayList<>();

    Relay(ServerSocket listening, InetSocketAddress target) {
        this.listening = listening;
        this.target = target;
        Thread.ofPlatform().daemon().name("relay").start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                Socket in = keep(listening.accept());
                Socket out = keep(new Socket());
                out.connect(target);
                Thread.ofPlatform().daemon().name("relay-there").start(() -> pass(in, out));
                Thread.ofPlatform().daemon().name("relay-back").start(() -> pass(out, in));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private synchronized Socket keep(Socket socket) {
        open.add(socket);
        return socket;
    }

    private static void pass(Socket from, Socket to) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] part = new byte[8192];
            for (int length = in.read(part); length >= 0; length = in.read(part)) {
                out.write(part, 0, length);
                out.flush();
            }
        } catch (IOException e) {
            // one end has closed it
        }
    }

    @Override
    public synchronized void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
