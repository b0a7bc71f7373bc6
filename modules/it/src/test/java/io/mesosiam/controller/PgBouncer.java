package io.mesosiam.controller;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A pgbouncer in transaction mode before a database, as a separate process. It has 4 server connections, and each transaction
 * takes the next one.
 */
final class PgBouncer implements AutoCloseable {
    private final Process process;
    private final Path log;
    private final String address;

    private PgBouncer(Process process, Path log, String address) {
        this.process = process;
        this.log = log;
        this.address = address;
    }

    /** Starts it; skips the test where there is none. */
    static PgBouncer start(Path directory, TestDatabase database) throws IOException {
        assumeThat(Stream.of((System.getenv("PATH") + ":/usr/sbin").split(":")).map(path -> Path.of(path, "pgbouncer")))
                .as("pgbouncer, of Debian's package pgbouncer")
                .anyMatch(Files::isExecutable);
        URI server = URI.create(database.reactiveUrl());
        int port = TestPort.claim();
        Path settings = Files.writeString(directory.resolve("pgbouncer.ini"), """
                [databases]
                * = host=%s port=%d user=%s password=%s
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = any
                pool_mode = transaction
                default_pool_size = 4
                server_round_robin = 1
                max_client_conn = 200
                ignore_startup_parameters = extra_float_digits
                """.formatted(
                        server.getHost(), server.getPort(), database.user(), database.password(), port));
        Path log = directory.resolve("pgbouncer.log");
        List<String> command = new ArrayList<>(List.of("pgbouncer"));
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("-u", "nobody")); // it refuses to run as root
        }
        command.add(settings.toString());
        ProcessBuilder program =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        program.environment().merge("PATH", ":/usr/sbin", String::concat);
        PgBouncer started = new PgBouncer(program.start(), log, "127.0.0.1:" + port + server.getPath());
        Awaitility.await("pgbouncer listens").atMost(TimeLimit.seconds(10)).until(() -> started.listens(port));
        return started;
    }

    String reactiveUrl() {
        return "postgresql://" + address;
    }

    String jdbcUrl() {
        return "jdbc:postgresql://" + address;
    }

    private boolean listens(int port) throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError("pgbouncer ended: " + Files.readString(log));
        }
        try (Socket connected = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return connected.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
