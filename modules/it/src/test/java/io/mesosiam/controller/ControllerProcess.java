package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.process.JavaProgram;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.awaitility.core.TerminalFailureException;

/** The controller jar as a separate process, which can be stopped and restarted on the same ports. */
public final class ControllerProcess implements AutoCloseable {
    /** The last one: Vert.x keeps a PEM key in a PKCS #12 store in memory, with a key derived in 10,000 rounds. */
    private static final List<String> QUICK_TO_START = List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-Dkeystore.pkcs12.keyPbeIterationCount=1");

    private static final Duration LIMIT = TimeLimit.seconds(30);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Path directory;
    private final Path log;
    private Path jar;
    private final List<String> flags;
    private final Map<String, String> settings;
    private final boolean logIsRead;
    private final int channel;
    private final int management;
    private Process process;

    private ControllerProcess(
            Path directory, String name, Path jar, List<String> flags, Map<String, String> given, boolean logIsRead)
            throws IOException {
        this.directory = directory;
        this.jar = jar;
        this.flags = flags;
        this.logIsRead = logIsRead;
        this.log = directory.resolve(name + ".log");
        this.channel = TestPort.claim();
        this.management = TestPort.claim();
        this.settings = new HashMap<>(given);
        settings.put("MESOS_IAM_CHANNEL_PORT", String.valueOf(channel));
        settings.putIfAbsent("MESOS_IAM_CHANNEL_CONTROLLER_ID", name);
        settings.put("QUARKUS_MANAGEMENT_PORT", String.valueOf(management));
        this.process = launch();
    }

    /** Starts a controller; returns at once. */
    static ControllerProcess start(Path directory, String name, Map<String, String> settings) throws IOException {
        return start(directory, name, jar(), QUICK_TO_START, settings);
    }

    /** Starts a controller's jar with these flags for its JVM; returns at once. */
    public static ControllerProcess start(
            Path directory, String name, Path jar, List<String> flags, Map<String, String> settings)
            throws IOException {
        return new ControllerProcess(directory, name, jar, flags, settings, true);
    }

    /** Starts a controller whose standard output is a pipe that is never read; returns at once. */
    static ControllerProcess startUnread(Path directory, String name, Map<String, String> settings) throws IOException {
        return new ControllerProcess(directory, name, jar(), QUICK_TO_START, settings, false);
    }

    /** The command of a controller with these settings and no other ones of ours or of Quarkus's. */
    static ProcessBuilder program(Path directory, Map<String, String> settings, String... arguments) {
        return program(directory, jar(), QUICK_TO_START, settings, arguments);
    }

    /** Runs the command {@code ca} with these arguments, which has to succeed; returns its output. */
    public static String ca(Path directory, Map<String, String> settings, String... arguments)
            throws IOException, InterruptedException {
        Process process = program(
                        directory,
                        settings,
                        Stream.concat(Stream.of("ca"), Stream.of(arguments)).toArray(String[]::new))
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(TimeLimit.seconds(30).toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private static ProcessBuilder program(
            Path directory, Path jar, List<String> flags, Map<String, String> settings, String... arguments) {
        List<String> command = new JavaProgram(directory).jar(jar.toAbsolutePath(), flags);
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("MESOS_IAM_") || name.startsWith("QUARKUS_"));
        builder.environment().putAll(settings);
        return builder;
    }

    private static Path jar() {
        return Path.of(System.getProperty("mesosiam.controller.jar"));
    }

    /** Settings of the environment of a controller; the ports of its channel and management are its own. */
    public static Map<String, String> settings(
            TestDatabase database, SandboxMaster master, SandboxSts sts, TestCa ca, TestCa.Identity identity) {
        return new HashMap<>(Map.ofEntries(
                Map.entry("QUARKUS_HTTP_PORT", "0"),
                Map.entry("QUARKUS_DATASOURCE_JDBC_URL", database.jdbcUrl()),
                Map.entry("QUARKUS_DATASOURCE_REACTIVE_URL", database.reactiveUrl()),
                Map.entry("QUARKUS_DATASOURCE_USERNAME", database.user()),
                Map.entry("QUARKUS_DATASOURCE_PASSWORD", database.password()),
                Map.entry("MESOS_IAM_MESOS_MASTERS", master.uri().toString()),
                Map.entry("MESOS_IAM_STS_ENDPOINT", sts.uri().toString()),
                Map.entry("MESOS_IAM_STS_REGION", "eu-west-1"),
                Map.entry("MESOS_IAM_CHANNEL_HOST", "127.0.0.1"),
                Map.entry(
                        "MESOS_IAM_CHANNEL_CERTIFICATE_FILE",
                        identity.certificate().toString()),
                Map.entry("MESOS_IAM_CHANNEL_KEY_FILE", identity.key().toString()),
                Map.entry("MESOS_IAM_CHANNEL_CA_FILE", ca.certificateFile().toString()),
                Map.entry("AWS_ACCESS_KEY_ID", SandboxSts.controllerAccessKeyId()),
                Map.entry("AWS_SECRET_ACCESS_KEY", SandboxSts.controllerSecretAccessKey())));
    }

    /** The URI for agents. */
    public String uri() {
        return "wss://localhost:" + channel;
    }

    /** Starts it again after {@link #stop} or {@link #kill}; returns at once. */
    public void start() throws IOException {
        process = launch();
    }

    /** Starts another build of it after {@link #stop} or {@link #kill}; returns at once. */
    public void start(Path build) throws IOException {
        jar = build;
        start();
    }

    /** Waits until it is ready. */
    public void awaitReady() {
        HttpRequest look = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + "/health/ready"))
                .timeout(LIMIT)
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            Awaitility.await("the controller is ready")
                    .atMost(LIMIT)
                    .pollInterval(LOOK_AGAIN)
                    .failFast("the controller ended", () -> !process.isAlive())
                    .until(() -> isReady(http, look));
        } catch (ConditionTimeoutException | TerminalFailureException e) {
            throw new AssertionError("the controller is not ready: " + text(), e);
        }
    }

    /** Whether it is ready now. */
    public boolean isReady() {
        HttpRequest look = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + "/health/ready"))
                .timeout(LIMIT)
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return isReady(http, look);
        }
    }

    /** Its metrics. */
    String metrics() throws IOException, InterruptedException {
        HttpRequest scrape = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + "/metrics"))
                .timeout(LIMIT)
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(scrape, BodyHandlers.ofString()).body();
        }
    }

    /** Sends SIGTERM and waits for the end. */
    public int stop() throws Exception {
        process.destroy();
        if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the controller does not end: " + text());
        }
        return process.exitValue();
    }

    /** Sends SIGKILL and waits for the end. */
    public void kill() throws InterruptedException {
        boolean unused = process.destroyForcibly().waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits until it ends without a signal. */
    public int awaitEnd() throws Exception {
        if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the controller does not end: " + text());
        }
        return process.exitValue();
    }

    public long pid() {
        return process.pid();
    }

    public String text() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private Process launch() throws IOException {
        ProcessBuilder program = program(directory, jar, flags, settings);
        return logIsRead
                ? program.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start()
                : program.start();
    }

    private static boolean isReady(HttpClient http, HttpRequest look) {
        try {
            return http.send(look, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
