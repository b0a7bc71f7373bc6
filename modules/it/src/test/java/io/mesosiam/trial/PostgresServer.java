package io.mesosiam.trial;

import io.mesosiam.fakes.TestPort;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL server on a data directory, as a process that can be killed, stopped and started again. */
final class PostgresServer implements AutoCloseable {
    static final String USER = "postgres";

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path programs;
    private final Path data;
    private final int port = TestPort.claim();
    private final List<String> options;
    private final Map<String, String> environment;
    private @Nullable Process process;

    /**
     * @param programs the directory {@code bin} of an installation
     * @param data an initialized data directory
     * @param options further options of {@code postgres}
     * @param environment further variables of its environment
     */
    PostgresServer(Path programs, Path data, List<String> options, Map<String, String> environment) {
        this.programs = programs;
        this.data = data;
        this.options = options;
        this.environment = environment;
    }

    /** Unpacks PostgreSQL's programs below a directory, and returns the directory {@code bin}. */
    static Path unpack(Path directory) throws IOException {
        EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(directory.toFile())
                .start()
                .close();
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.endsWith("bin/postgres"))
                    .findFirst()
                    .map(Path::getParent)
                    .orElseThrow();
        }
    }

    /** Makes a data directory. */
    static void initialize(Path programs, Path data) throws IOException {
        Commands.run(asUser(List.of(
                programs.resolve("initdb").toString(),
                "-A",
                "trust",
                "-U",
                USER,
                "-E",
                "UTF8",
                "-D",
                data.toString())));
    }

    /** Copies the data directory of a server that doesn't run, also into an existing empty one. */
    static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        Commands.run("cp", "-a", from + "/.", to.toString());
    }

    /** PostgreSQL refuses to run as root: there, it runs in a user namespace in which it isn't. */
    private static List<String> asUser(List<String> command) {
        if (!Privileges.root()) {
            return command;
        }
        List<String> all = new ArrayList<>(List.of("unshare", "-U"));
        all.addAll(command);
        return all;
    }

    int port() {
        return port;
    }

    Path data() {
        return data;
    }

    String url(String database) {
        return "postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** Starts it; returns at once. */
    void launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                programs.resolve("postgres").toString(),
                "-D",
                data.toString(),
                "-p",
                String.valueOf(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=off"));
        options.forEach(option -> command.addAll(List.of("-c", option)));
        ProcessBuilder builder = new ProcessBuilder(asUser(command))
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(Path.of(data + ".log").toFile()));
        builder.environment().putAll(environment);
        process = builder.start();
    }

    /** Starts it unless it runs, and waits until it accepts connections; it is launched again while another server's memory is in use. */
    PostgresServer start() throws IOException {
        if (process == null || !process.isAlive()) {
            launch();
        }
        Awaitility.await("PostgreSQL accepts connections")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    if (process == null || !process.isAlive()) {
                        launch();
                    }
                    return accepts();
                });
        return this;
    }

    boolean accepts() {
        try (Connection connection = connect("postgres")) {
            return connection.isValid(5);
        } catch (SQLException notYet) {
            return false;
        }
    }

    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/" + database, USER, USER);
    }

    void execute(String database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    boolean has(String database, String table) throws SQLException {
        try (Connection connection = connect(database);
                ResultSet tables = connection.getMetaData().getTables(null, "public", table, null)) {
            return tables.next();
        }
    }

    /** Stops all of its processes, as a disk that doesn't answer does: connections stay open. */
    void freeze() throws IOException {
        signal("-STOP");
    }

    /** Lets them go on. */
    void thaw() throws IOException {
        signal("-CONT");
    }

    /** The server first, so that it starts no others. */
    private void signal(String signal) throws IOException {
        Process running = Objects.requireNonNull(process);
        Commands.run("kill", signal, String.valueOf(running.pid()));
        for (ProcessHandle each : running.descendants().toList()) {
            Commands.run("kill", signal, String.valueOf(each.pid()));
        }
    }

    /** Sends SIGKILL to the server; its other processes end by themselves. */
    void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    /** Stops it as {@code pg_ctl stop -m fast} does: sessions are ended. */
    void stop() throws IOException {
        Process running = process;
        if (running != null && running.isAlive()) {
            Commands.run("kill", "-INT", String.valueOf(running.pid()));
            running.onExit().join();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
