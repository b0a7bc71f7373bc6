package io.mesosiam.agent.doctor;

import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestTls;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;

/**
 * A controller that refuses a certificate late: the first connection ends without a refusal once the peer's request has
 * arrived, as happens if the request and the refusal are sent at the same time. Other connections are refused at once.
 */
final class LateRefusal implements AutoCloseable {
    private final ServerSocket server;
    private final SSLContext tls;
    private final Thread serving = Thread.ofPlatform().name("late-refusal").unstarted(this::serve);

    LateRefusal(Path ca, TestCa.Identity controller) throws IOException {
        server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        tls = TestTls.context(ca, Optional.of(controller));
        serving.start();
    }

    int port() {
        return server.getLocalPort();
    }

    private void serve() {
        try {
            endAfterRequest();
            while (true) {
                refuse();
            }
        } catch (SocketException closed) {
            // the test is over
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Accepts any certificate; ends the connection when the request arrives. */
    private void endAfterRequest() throws IOException {
        try (Socket accepted = server.accept();
                SSLSocket secure = secure(accepted, true)) {
            secure.startHandshake();
            int ignored = secure.getInputStream().read();
            // closes with a reset
            accepted.setSoLinger(true, 0);
        }
    }

    private void refuse() throws IOException {
        try (Socket accepted = server.accept()) {
            SSLSocket secure = secure(accepted, false);
            secure.setNeedClientAuth(true);
            try {
                secure.startHandshake();
            } catch (SSLHandshakeException refused) {
                // unread bytes of the peer would turn the close into a reset, which the peer may see before the refusal
                drain(accepted);
            }
        }
    }

    private static void drain(Socket accepted) {
        try {
            long ignored = accepted.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException closed) {
            // the peer has the refusal
        }
    }

    private SSLSocket secure(Socket accepted, boolean closesIt) throws IOException {
        SSLSocket secure =
                (SSLSocket) tls.getSocketFactory().createSocket(accepted, "localhost", accepted.getPort(), closesIt);
        secure.setUseClientMode(false);
        return secure;
    }

    @Override
    public void close() throws IOException {
        server.close();
        try {
            serving.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
