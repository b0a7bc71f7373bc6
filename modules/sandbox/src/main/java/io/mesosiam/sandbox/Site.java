package io.mesosiam.sandbox;

import io.mesosiam.sandbox.SandboxCa.End;
import io.mesosiam.sandbox.SandboxCa.KeyFiles;
import io.mesosiam.sandbox.database.DatabaseProgram;
import io.mesosiam.sandbox.host.CgroupHierarchy;
import io.mesosiam.sandbox.host.HostProgram;
import io.mesosiam.sandbox.host.HostSetup;
import io.mesosiam.sandbox.mesos.MasterProgram;
import io.mesosiam.sandbox.mesos.RemoteMaster;
import io.mesosiam.sandbox.process.AgentJvm;
import io.mesosiam.sandbox.process.Child;
import io.mesosiam.sandbox.process.ControllerJvm;
import io.mesosiam.sandbox.process.Janitor;
import io.mesosiam.sandbox.process.JavaProgram;
import io.mesosiam.sandbox.sts.SandboxSts;
import io.mesosiam.sandbox.sts.StsProgram;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All running programs: PostgreSQL, the master, STS, the host, and then the controller and the agent as in production,
 * with the addresses of the others in their settings. {@link #close} stops them in reverse order and removes the
 * directory.
 */
final class Site implements AutoCloseable {
    static final String AGENT_HOSTNAME = "agent1.mesos.test";

    private static final String ADDRESS = "127.0.0.1";
    private static final String REGION = "eu-central-1";
    private static final int USUAL_MANAGEMENT_PORT = 9000;
    private static final Duration TO_START = Duration.ofMinutes(2);

    /** Heap in MiB that unpacking PostgreSQL's programs needs, once. */
    private static final int UNPACKING_HEAP = 256;

    /** The JVM writes the cache at its end. */
    private static final Duration TO_WRITE_CACHE = Duration.ofMinutes(5);

    /** For one small cluster. */
    private static final List<String> CONTROLLER_OPTIONS = List.of(
            "-XX:+UseSerialGC",
            "-Xmx192m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseCompactObjectHeaders",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED");

    private final Terminal terminal;
    private final Artifacts artifacts;
    private final Optional<Path> aotCache;
    private final Path directory;
    private final JavaProgram java;
    private final String cgroupsRoot =
            "mesos-sandbox-" + ProcessHandle.current().pid();
    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private Optional<Child> controller = Optional.empty();

    /** Access for the story. */
    record Endpoints(
            URI api, URI mesos, URI sts, String jdbcUrl, String credentials, RemoteMaster master, HostLine host) {}

    private Site(Terminal terminal, Artifacts artifacts, Optional<Path> aotCache) throws IOException {
        this.terminal = terminal;
        this.artifacts = artifacts;
        this.aotCache = aotCache.map(Path::toAbsolutePath);
        this.directory = Files.createTempDirectory("mesos-iam-sandbox-");
        this.java = new JavaProgram(Files.createDirectory(directory.resolve("tmp")));
    }

    /** @param aotCache where the JVM of the controller writes an AOT cache; it then has the flags of production */
    static Site make(Terminal terminal, Artifacts artifacts, Optional<Path> aotCache) throws IOException {
        return new Site(terminal, artifacts, aotCache);
    }

    Path directory() {
        return directory;
    }

    /**
     * Starts everything.
     *
     * @param apiPort port of the controller's API
     * @param mesosPort port of the master; 0 for any
     */
    Endpoints start(int apiPort, int mesosPort) throws IOException, InterruptedException, SQLException {
        if (aotCache.isPresent()) {
            Files.deleteIfExists(aotCache.get());
        }
        running.push(Janitor.of(directory, directory.resolve("database/postmaster.pid")));
        String jdbcUrl = database();
        String token = HexFormat.of().formatHex(SecureRandom.getSeed(16));
        String[] mesos = master(token, mesosPort).split(" ", 2);
        URI sts = sts();
        String credentials = "http://" + ADDRESS + ":" + Ports.free() + "/v2/credentials";
        var setup = new HostSetup(
                mesos[1],
                token,
                Files.createDirectory(directory.resolve("mesos")).toString(),
                cgroupsRoot,
                credentials,
                sts.toString(),
                List.of(AGENT_HOSTNAME, ADDRESS));
        HostLine host = host(setup);
        var ca = SandboxCa.in(Files.createDirectory(directory.resolve("ca")));
        int channelPort = Ports.free();
        URI api = controller(
                ca.issue("controller", End.SERVER, List.of("dns:localhost", "ip:127.0.0.1", "ip:::1")),
                apiPort,
                channelPort,
                jdbcUrl,
                mesos[0],
                sts);
        agent(
                ca.issue("agent", End.CLIENT, List.of("dns:" + AGENT_HOSTNAME, "ip:" + ADDRESS)),
                channelPort,
                host,
                URI.create(credentials),
                jdbcUrl);
        var master = new RemoteMaster(URI.create(mesos[1]), token);
        running.push(master);
        return new Endpoints(api, URI.create(mesos[0]), sts, jdbcUrl, credentials, master, host);
    }

    private String database() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        boolean first = !Files.exists(artifacts.databasePrograms());
        terminal.doing("starting PostgreSQL" + (first ? "; the first time its programs are unpacked" : ""));
        Child child = speaking(
                "database",
                java.of(
                        UNPACKING_HEAP,
                        DatabaseProgram.class,
                        Integer.toString(Ports.free()),
                        directory.resolve("database").toString(),
                        artifacts.databasePrograms().toString()));
        String jdbcUrl = "jdbc:postgresql://" + ADDRESS + ":" + child.line(TO_START) + "/" + DatabaseProgram.NAME;
        terminal.done("PostgreSQL", jdbcUrl, since(begun));
        return jdbcUrl;
    }

    private String master(String token, int port) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        terminal.doing("starting a Mesos master");
        Child child = speaking("master", java.of(MasterProgram.class, Integer.toString(port)));
        String addresses = child.ask(token, TO_START);
        terminal.done("Mesos master", addresses.substring(0, addresses.indexOf(' ')), since(begun));
        return addresses;
    }

    private URI sts() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        terminal.doing("starting an AWS STS");
        URI uri = URI.create(speaking("sts", java.of(StsProgram.class, "0")).line(TO_START));
        terminal.done("AWS STS", uri + ", fake keys", since(begun));
        return uri;
    }

    private HostLine host(HostSetup setup) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        terminal.doing("starting a host");
        Child child = speaking("host", java.of(HostProgram.class));
        var host = new HostLine(child, setup);
        String where = host.report().attestable() ? host.report().cgroups() : "without containers";
        terminal.done("Mesos agent", AGENT_HOSTNAME + ", " + where, since(begun));
        return host;
    }

    private URI controller(KeyFiles keys, int apiPort, int channelPort, String jdbcUrl, String mesos, URI sts)
            throws IOException, InterruptedException {
        long begun = System.nanoTime();
        terminal.doing("starting the controller");
        Map<String, String> environment = environment();
        int managementPort = Ports.preferably(USUAL_MANAGEMENT_PORT);
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(apiPort));
        // every user of this host is admin: nothing in the sandbox is worth protecting
        environment.put("MESOS_IAM_API_PLAIN_HTTP", "true");
        environment.put("MESOS_IAM_SIGN_IN_LOOPBACK_ROLES", "admin");
        environment.put("QUARKUS_MANAGEMENT_PORT", Integer.toString(managementPort));
        environment.put("QUARKUS_DATASOURCE_JDBC_URL", jdbcUrl);
        environment.put("QUARKUS_DATASOURCE_REACTIVE_URL", jdbcUrl.substring("jdbc:".length()));
        environment.put("QUARKUS_DATASOURCE_USERNAME", DatabaseProgram.USER);
        environment.put("QUARKUS_DATASOURCE_PASSWORD", "none");
        environment.put("MESOS_IAM_MESOS_MASTERS", mesos);
        environment.put("MESOS_IAM_STS_ENDPOINT", sts.toString());
        environment.put("MESOS_IAM_STS_REGION", REGION);
        environment.put("MESOS_IAM_CHANNEL_HOST", ADDRESS);
        environment.put("MESOS_IAM_CHANNEL_PORT", Integer.toString(channelPort));
        environment.put("MESOS_IAM_CHANNEL_CERTIFICATE_FILE", keys.certificate().toString());
        environment.put("MESOS_IAM_CHANNEL_KEY_FILE", keys.key().toString());
        environment.put("MESOS_IAM_CHANNEL_CA_FILE", keys.ca().toString());
        environment.put("AWS_ACCESS_KEY_ID", SandboxSts.controllerAccessKeyId());
        environment.put("AWS_SECRET_ACCESS_KEY", SandboxSts.controllerSecretAccessKey());
        Child child = silent("controller", java.jar(artifacts.controller(), controllerOptions()), environment);
        controller = Optional.of(child);
        URI api = URI.create("http://" + ADDRESS + ":" + apiPort);
        awaitReady(child, URI.create("http://" + ADDRESS + ":" + managementPort + "/health/ready"));
        terminal.done("controller", api.toString(), since(begun));
        return api;
    }

    private List<String> controllerOptions() {
        return aotCache.map(file -> Stream.concat(ControllerJvm.FLAGS.stream(), Stream.of("-XX:AOTCacheOutput=" + file))
                        .toList())
                .orElse(CONTROLLER_OPTIONS);
    }

    /** Stops the controller, whose JVM then writes the AOT cache. */
    void writeAotCache() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        terminal.doing("writing the AOT cache");
        controller.orElseThrow().terminate(TO_WRITE_CACHE);
        Path file = aotCache.orElseThrow();
        if (!Files.exists(file)) {
            throw new IOException("the JVM wrote no AOT cache: see " + log("controller"));
        }
        terminal.done("AOT cache", file + ", " + (Files.size(file) >> 20) + " MiB", since(begun));
    }

    private void agent(KeyFiles keys, int channelPort, HostLine host, URI credentials, String jdbcUrl)
            throws IOException, InterruptedException, SQLException {
        long begun = System.nanoTime();
        terminal.doing("starting the agent");
        Map<String, String> environment = environment();
        environment.put("MESOS_IAM_AGENT_CONTROLLERS", "wss://" + ADDRESS + ":" + channelPort);
        environment.put("MESOS_IAM_AGENT_CERTIFICATE", keys.certificate().toString());
        environment.put("MESOS_IAM_AGENT_KEY", keys.key().toString());
        environment.put("MESOS_IAM_AGENT_CA", keys.ca().toString());
        environment.put("MESOS_IAM_AGENT_HOSTNAME", AGENT_HOSTNAME);
        environment.put("MESOS_IAM_AGENT_MESOS_WORK_DIR", host.report().workDir());
        environment.put("MESOS_IAM_AGENT_LISTEN", ADDRESS + ":" + credentials.getPort());
        String metrics = ADDRESS + ":" + Ports.free();
        environment.put("MESOS_IAM_AGENT_METRICS_LISTEN", metrics);
        environment.put("MESOS_IAM_AGENT_CGROUPS_ROOT", cgroupsRoot);
        Child child = silent("agent", java.jar(artifacts.agent(), AgentJvm.FLAGS), environment);
        try (var tables = new Tables(jdbcUrl, DatabaseProgram.USER)) {
            // the agent table of the controller shows when the stream is open
            child.await(() -> tables.agentConnected(host.report().agentId()), TO_START);
        }
        terminal.done("agent", credentials + ", metrics at http://" + metrics + "/metrics", since(begun));
    }

    private static void awaitReady(Child child, URI health) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            var look = HttpRequest.newBuilder(health)
                    .timeout(Duration.ofSeconds(5))
                    .build();
            child.await(() -> ready(http, look), TO_START);
        }
    }

    private static boolean ready(HttpClient http, HttpRequest look) throws InterruptedException {
        try {
            return http.send(look, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notListeningYet) {
            return false;
        }
    }

    private Child speaking(String name, List<String> command) throws IOException {
        Child child = Child.speaking(name, command, environment(), log(name));
        running.push(child);
        return child;
    }

    private Child silent(String name, List<String> command, Map<String, String> environment) throws IOException {
        Child child = Child.silent(name, command, environment, log(name));
        running.push(child);
        return child;
    }

    private Map<String, String> environment() {
        return new HashMap<>(Map.of(
                "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME", directory.toString(),
                "LANG", "C.UTF-8"));
    }

    private Path log(String name) {
        return directory.resolve(name + ".log");
    }

    private static Duration since(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    @Override
    public void close() {
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception e) {
                terminal.failed("could not stop everything: " + e.getMessage());
            }
        }
        try {
            CgroupHierarchy.sweep(cgroupsRoot);
        } catch (IOException none) {
            // no hierarchy, so no group to remove
        }
    }
}
