package io.mesosiam.revoke;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.awaitility.Awaitility;

/** A running {@code moto_server}, another implementation of AWS's APIs. Skips the test if it is not installed. */
public final class Moto implements AutoCloseable {
    private final Process process;
    private final int port;

    private Moto(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    public static Moto start() throws IOException {
        Optional<Path> program = program();
        assumeThat(program).as("moto_server is installed").isPresent();
        int port = freePort();
        Process process = new ProcessBuilder(program.get().toString(), "-H", "127.0.0.1", "-p", "" + port)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Moto moto = new Moto(process, port);
        Awaitility.await().atMost(TimeLimit.seconds(20)).until(moto::answers);
        return moto;
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    private boolean answers() {
        try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<Path> program() {
        return Arrays.stream(System.getenv("PATH").split(":", -1))
                .map(directory -> Path.of(directory, "moto_server"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
