package io.mesosiam.trial;

import com.sun.net.httpserver.HttpServer;
import io.mesosiam.agent.AgentProgram;
import io.mesosiam.controller.ControllerProcess;
import io.mesosiam.fakes.DatabaseProxy;
import io.mesosiam.fakes.HttpFaults;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything that a trial needs, running: PostgreSQL, a master, an STS, controllers, hosts and their load. The controllers reach the first
 * three through proxies, which can fail.
 */
final class TrialSite implements AutoCloseable {
    static final String DATABASE = "mesos_iam";

    private static final List<String> CONTROLLER_FLAGS = List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-Dkeystore.pkcs12.keyPbeIterationCount=1",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED");

    private final Path directory;
    private final Path agentProgram;
    private final Path nextAgent;
    private final Path nextController;
    private final List<AutoCloseable> parts = new ArrayList<>();
    private PostgresServer postgres;
    private Optional<PostgresServer> standby = Optional.empty();
    private Optional<DatabaseProxy> fromPrimary = Optional.empty();
    private Optional<SandboxMaster> secondMaster = Optional.empty();
    private final DatabaseProxy toPostgres;
    private final HttpFaults masterAnswers = new HttpFaults();
    private final SandboxMaster master;
    private final DatabaseProxy toMaster;
    private final List<DatabaseProxy> ownWays = new ArrayList<>();
    private final SandboxSts sts;
    private final DatabaseProxy toSts;
    private final TestCa ca;
    private final List<ControllerProcess> controllers = new ArrayList<>();
    private final List<AgentHost> agentHosts = new ArrayList<>();
    private final Judge judge;
    private final Workload load;

    private TrialSite(Build build, SiteSetup setup) throws Exception {
        directory = Files.createTempDirectory("mesos-iam-trial");
        agentProgram = directory.resolve("agent.jar");
        nextAgent = build.agent();
        nextController = build.controller();
        parts.addAll(setup.ends());
        Path data = setup.database().orElse(directory.resolve("data"));
        PostgresServer.copy(build.database(), data);
        List<String> options = new ArrayList<>(setup.databaseOptions());
        if (setup.hasStandby()) {
            options.add("wal_keep_size=256MB");
        }
        if (setup.hasSynchronousStandby()) {
            options.add("synchronous_standby_names=*");
        }
        postgres = add(new PostgresServer(build.postgres(), data, options, setup.databaseEnvironment()));
        postgres.launch();
        if (setup.hasStandby()) {
            DatabaseProxy way = add(new DatabaseProxy(postgres.url(DATABASE)));
            fromPrimary = Optional.of(way);
            standby = Optional.of(add(standby(build, way)));
        }
        var unused = postgres.start();
        toPostgres = add(new DatabaseProxy(postgres.url(DATABASE)));
        MasterSetup masters = MasterSetup.plain()
                .enforcingPrincipals()
                .withHeartbeat(setup.heartbeat())
                .withClock(setup.masterClock());
        master = add(SandboxMaster.start(
                masters,
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0),
                List.of(masterAnswers)));
        if (setup.hasSecondMaster()) {
            SandboxMaster second = add(SandboxMaster.start(masters));
            second.follow(master.uri().getAuthority());
            secondMaster = Optional.of(second);
        }
        toMaster = add(new DatabaseProxy(master.uri().toString()));
        sts = add(SandboxSts.start());
        toSts = add(new DatabaseProxy(sts.uri().toString()));
        ca = TestCa.in(directory);
        judge = new Judge(sts::session, InstantSource.system());
        load = new Workload(master.cluster());
        sts.lengths(_ -> spread(setup.session()));
    }

    /** Starts a site. */
    static TrialSite start(Build build, SiteSetup setup) throws Exception {
        TrialSite site = new TrialSite(build, setup);
        try {
            if (setup.firstController().isPresent()) {
                site.startEarlierControllers(setup.firstController().get(), setup);
            } else {
                site.startControllers(build.controller(), setup);
            }
            site.startHosts(setup);
            return site;
        } catch (Exception | AssertionError e) {
            site.close();
            throw e;
        }
    }

    /** Sessions of the tasks that run at the start end at different times, so that their renewals spread. */
    private static Duration spread(Duration session) {
        double part = 0.4 + 0.6 * ThreadLocalRandom.current().nextDouble();
        return Duration.ofMillis((long) (session.toMillis() * part));
    }

    private synchronized <T extends AutoCloseable> T add(T part) {
        parts.add(part);
        return part;
    }

    /** From now on, sessions last as long as the trial says. */
    void endSpread(Duration session) {
        sts.lengths(_ -> session);
    }

    /** They make the schema, which is not that of the build. */
    private void startEarlierControllers(Path jar, SiteSetup setup) throws Exception {
        postgres.execute("postgres", "drop database " + DATABASE);
        postgres.execute("postgres", "create database " + DATABASE);
        startControllers(jar, setup);
        postgres.execute(DATABASE, Build.POLICIES);
    }

    private void startControllers(Path jar, SiteSetup setup) throws IOException {
        TestCa.Identity identity = ca.issue(setup.controllerNames().toArray(String[]::new));
        Map<String, String> settings = new HashMap<>(Map.ofEntries(
                Map.entry("QUARKUS_HTTP_PORT", "0"),
                Map.entry("QUARKUS_DATASOURCE_JDBC_URL", "jdbc:" + database()),
                Map.entry("QUARKUS_DATASOURCE_REACTIVE_URL", database()),
                Map.entry("QUARKUS_DATASOURCE_USERNAME", PostgresServer.USER),
                Map.entry("QUARKUS_DATASOURCE_PASSWORD", PostgresServer.USER),
                Map.entry("MESOS_IAM_MESOS_MASTERS", masters()),
                Map.entry("MESOS_IAM_MESOS_ALIAS", master.uri().getAuthority() + "=" + loopback(toMaster)),
                Map.entry("MESOS_IAM_STS_ENDPOINT", loopback(toSts)),
                Map.entry("MESOS_IAM_STS_REGION", "eu-west-1"),
                Map.entry("MESOS_IAM_CHANNEL_HOST", setup.channelHost()),
                Map.entry(
                        "MESOS_IAM_CHANNEL_CERTIFICATE_FILE",
                        identity.certificate().toString()),
                Map.entry("MESOS_IAM_CHANNEL_KEY_FILE", identity.key().toString()),
                Map.entry("MESOS_IAM_CHANNEL_CA_FILE", ca.certificateFile().toString()),
                Map.entry("AWS_ACCESS_KEY_ID", SandboxSts.controllerAccessKeyId()),
                Map.entry("AWS_SECRET_ACCESS_KEY", SandboxSts.controllerSecretAccessKey())));
        settings.put("MESOS_IAM_REVOKE_ENDPOINT", loopback(toSts));
        settings.putAll(setup.controllerSettings());
        List<String> flags = Stream.concat(CONTROLLER_FLAGS.stream(), Stream.of("-Xmx" + setup.controllerHeap()))
                .toList();
        for (int i = 1; i <= setup.controllers(); i++) {
            if (setup.hasOwnWaysToTheMaster()) {
                DatabaseProxy own = add(new DatabaseProxy(master.uri().toString()));
                ownWays.add(own);
                settings.put("MESOS_IAM_MESOS_MASTERS", loopback(own));
                settings.put("MESOS_IAM_MESOS_ALIAS", master.uri().getAuthority() + "=" + loopback(own));
            }
            controllers.add(add(ControllerProcess.start(directory, "controller-" + i, jar, flags, settings)));
        }
        controllers.forEach(ControllerProcess::awaitReady);
    }

    private String masters() {
        return Stream.concat(
                        Stream.of(loopback(toMaster)),
                        secondMaster.stream().map(second -> second.uri().toString()))
                .collect(Collectors.joining(","));
    }

    /** A standby on a copy of the data with which the primary starts. */
    private PostgresServer standby(Build build, DatabaseProxy primary) throws Exception {
        Path data = directory.resolve("standby");
        PostgresServer.copy(build.database(), data);
        Files.createFile(data.resolve("standby.signal"));
        String primaryInfo = "primary_conninfo=host=127.0.0.1 user=" + PostgresServer.USER + " port=" + primary.port();
        return new PostgresServer(build.postgres(), data, List.of(primaryInfo), Map.of()).start();
    }

    /** What the primary commits from now on doesn't reach the standby. */
    void holdBackStandby() {
        fromPrimary.orElseThrow().silence(true);
    }

    /** Makes the standby the primary, and leads the controllers' connections to it, as an address that moves does. */
    void promoteStandby() throws Exception {
        PostgresServer next = standby.orElseThrow();
        next.execute("postgres", "select pg_promote()");
        toPostgres.target(next.url(DATABASE));
        postgres = next;
    }

    private String database() {
        return "postgresql://127.0.0.1:" + toPostgres.port() + "/" + DATABASE;
    }

    private static String loopback(DatabaseProxy proxy) {
        return "http://127.0.0.1:" + proxy.port();
    }

    private void startHosts(SiteSetup setup) throws Exception {
        List<URI> uris = controllers.stream()
                .map(ControllerProcess::uri)
                .map(URI::create)
                .toList();
        for (int i = 1; i <= setup.hosts(); i++) {
            String name = "host-" + i;
            LinkedHost host = add(new LinkedHost(ca, name, register(name), uris, judge::judge));
            load.add(host, setup.tasks());
        }
        Files.createSymbolicLink(agentProgram, setup.firstAgent().orElse(nextAgent));
        for (int i = 1; i <= (Privileges.root() ? setup.agents() : 0); i++) {
            String name = "agent-" + i;
            AgentHost host = add(new AgentHost(
                    new AgentProgram(agentProgram),
                    setup.agentLogs().orElse(directory),
                    ca,
                    name,
                    register(name),
                    setup.agentControllers(
                            controllers.stream().map(ControllerProcess::uri).toList()),
                    setup.agentThrough(),
                    setup.agentSettings(),
                    judge::judge));
            agentHosts.add(host);
            load.add(host, setup.tasks());
        }
    }

    private String register(String hostname) {
        return master.cluster().register(new AgentSpec(hostname, "127.0.0.1", 5051, Map.of()));
    }

    Path directory() {
        return directory;
    }

    /** Starts the build's controller in place of a controller that has ended; returns at once. */
    void upgrade(ControllerProcess one) throws IOException {
        one.start(nextController);
    }

    /** Replaces the agents' program by that of the build; it is used when they start again. */
    void upgradeAgents() throws IOException {
        Files.delete(agentProgram);
        Files.createSymbolicLink(agentProgram, nextAgent);
    }

    PostgresServer postgres() {
        return postgres;
    }

    DatabaseProxy toPostgres() {
        return toPostgres;
    }

    SandboxMaster master() {
        return master;
    }

    SandboxMaster secondMaster() {
        return secondMaster.orElseThrow();
    }

    HttpFaults masterAnswers() {
        return masterAnswers;
    }

    DatabaseProxy toMaster() {
        return toMaster;
    }

    /** The proxy through which one of the controllers reaches the master, if each has its own. */
    DatabaseProxy wayToTheMaster(int controller) {
        return ownWays.get(controller);
    }

    SandboxSts sts() {
        return sts;
    }

    DatabaseProxy toSts() {
        return toSts;
    }

    List<ControllerProcess> controllers() {
        return List.copyOf(controllers);
    }

    List<AgentHost> agentHosts() {
        return List.copyOf(agentHosts);
    }

    Judge judge() {
        return judge;
    }

    Workload load() {
        return load;
    }

    @Override
    public synchronized void close() throws IOException {
        load.close();
        for (AutoCloseable part : parts.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
        parts.clear();
        Commands.run("rm", "-rf", directory.toString());
    }
}
