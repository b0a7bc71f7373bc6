package io.mesosiam.agent.redirect;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Represents a service: sends its name to every client that connects, and again for each byte that it receives. */
final class NameServer implements AutoCloseable {
    private final ServerSocket socket;
    private final byte[] line;
    private final BlockingQueue<Connection> accepted = new LinkedBlockingQueue<>();

    private final Thread acceptor = Thread.ofPlatform().daemon().unstarted(this::accept);

    private volatile Socket newest = new Socket();

    private NameServer(ServerSocket socket, String name) {
        this.socket = socket;
        this.line = (name + "\n").getBytes(US_ASCII);
    }

    /** Listens on all addresses of the calling thread's namespace. */
    static NameServer listen(String name, int port) throws IOException {
        return serve(name, new ServerSocket(port, 50));
    }

    /** Listens on one address of the calling thread's namespace. */
    static NameServer listen(String name, String address, int port) throws IOException {
        return serve(name, new ServerSocket(port, 50, InetAddress.ofLiteral(address)));
    }

    private static NameServer serve(String name, ServerSocket socket) {
        var server = new NameServer(socket, name);
        server.acceptor.start();
        return server;
    }

    /** The ends of the next incoming connection, as this side reports them. */
    Connection next() throws InterruptedException {
        return Objects.requireNonNull(
                accepted.poll(TimeLimit.seconds(5).toSeconds(), TimeUnit.SECONDS), "no connection came in");
    }

    record Connection(InetSocketAddress remote, InetSocketAddress local) {}

    /** Closes the newest connection from this side. */
    void closeFirst() throws IOException {
        newest.shutdownOutput();
    }

    private void accept() {
        try {
            while (true) {
                var connection = socket.accept();
                newest = connection;
                accepted.add(new Connection((InetSocketAddress) connection.getRemoteSocketAddress(), (InetSocketAddress)
                        connection.getLocalSocketAddress()));
                // no virtual thread: its carrier would be created in this thread's namespace, and later run other
                // virtual threads
                Thread.ofPlatform().daemon().start(() -> answer(connection));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void answer(Socket connection) {
        try (connection) {
            do {
                connection.getOutputStream().write(line);
            } while (connection.getInputStream().read() >= 0);
        } catch (IOException e) {
            // the client closed the connection, or it was reset
        }
    }

    /**
     * Closes the socket and waits for the accepting thread, because the kernel keeps the socket until then. The port is
     * free afterwards.
     */
    @Override
    public void close() throws IOException {
        socket.close();
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
