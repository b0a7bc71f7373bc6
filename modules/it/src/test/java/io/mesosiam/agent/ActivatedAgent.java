package io.mesosiam.agent;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.link.FakeController;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.WireSession;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.sandbox.process.JavaProgram;
import io.mesosiam.secret.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The agent as systemd runs it with a socket unit: a process that holds the listening socket starts the agent with it,
 * stops it and starts it again. A controller sends each new agent the leases of real containers, which request
 * credentials.
 */
final class ActivatedAgent implements AutoCloseable {
    private static final Duration TIMEOUT = TimeLimit.seconds(60);

    private final FakeController controller;
    private final BenchmarkContainers containers;
    private final SocketUnit unit;
    private final LogFile log;
    private final int port;

    /** @param flags for the JVM, besides the usual ones */
    ActivatedAgent(AgentProgram program, Path directory, List<String> flags) throws Exception {
        this(program, directory, flags, 1, "");
    }

    /**
     * The same, with several containers.
     *
     * @param listen the agent's setting; empty for where the socket really listens
     */
    ActivatedAgent(AgentProgram program, Path directory, List<String> flags, int count, String listen)
            throws Exception {
        TestCa ca = TestCa.in(directory);
        TestCa.Identity identity = ca.issue("dns:host-1");
        String cgroup = "mesos-iam-restart-" + ProcessHandle.current().pid();
        containers = new BenchmarkContainers(CgroupConfig.detect(cgroup), count);
        controller = new FakeController(ca, ca.issue("dns:localhost"));
        Thread.ofVirtual().start(this::giveLeases);
        log = new LogFile(Files.createFile(directory.resolve("agent.log")));
        port = TestPort.claim();
        Map<String, String> settings = AgentSettings.of(
                ca,
                identity,
                cgroup,
                Map.of(
                        "MESOS_IAM_AGENT_CONTROLLERS",
                        controller.uri().toString(),
                        "MESOS_IAM_AGENT_METRICS_LISTEN",
                        "off",
                        "MESOS_IAM_AGENT_LISTEN",
                        listen.isEmpty() ? "0.0.0.0:" + port : listen));
        unit = SocketUnit.listen(port, log.path(), program.command(flags), settings);
    }

    /** Starts the agent; it need not be ready. */
    long start() {
        return unit.start();
    }

    /** Sends SIGTERM and waits for the end. */
    long stop() {
        return unit.stop();
    }

    /**
     * Starts a process in the last container that requests credentials and prints a {@link FreshAsks.Result} when its
     * input ends.
     */
    Process asks(int perSecond) throws IOException {
        return asks(containers.ids().getLast(), perSecond);
    }

    /** The same in the container with this id. An answer with another one's credentials counts as a failure. */
    Process asks(String id, int perSecond) throws IOException {
        Process asking = startInside(
                id,
                List.of(
                        JavaProgram.java(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FreshAsks.class.getName(),
                        String.valueOf(port),
                        String.valueOf(perSecond),
                        String.valueOf(Integer.MAX_VALUE),
                        "1",
                        role(id)));
        String ready = asking.inputReader().readLine();
        if (!"asking".equals(ready)) {
            throw new IllegalStateException("the container does not ask: " + ready);
        }
        return asking;
    }

    List<String> ids() {
        return containers.ids();
    }

    int port() {
        return port;
    }

    /** Starts a program in the container with this id. */
    Process startInside(String id, List<String> command) throws IOException {
        return containers.startInside(id, command);
    }

    /** The file with the processes of this container; a process that writes its pid there is moved. */
    Path processesOf(String id) {
        return containers.processesOf(id);
    }

    /** The role in the answers to this container, and to no other. */
    static String role(String id) {
        return "role/restart-" + id + "\"";
    }

    static FreshAsks.Result end(Process asking) throws IOException {
        asking.outputWriter().close();
        return FreshAsks.Result.parse(asking.inputReader().readLine());
    }

    /** Waits until the agent of the {@code starts}th start returns credentials. */
    void awaitServing(int starts) throws Exception {
        awaitLog("endpoint listens.*".repeat(starts) + "credentials served");
    }

    void awaitLog(String pattern) throws Exception {
        if (log.await(Pattern.compile(pattern, Pattern.DOTALL), TIMEOUT, () -> true)
                .isEmpty()) {
            throw new AssertionError("the agent's log doesn't say '" + pattern + "': " + log.text());
        }
    }

    private void giveLeases() {
        try {
            while (true) {
                FakeController.Connection connection = controller.accept();
                var ignored = connection.next(Hello.class);
                connection.send(new Sync(
                        1, containers.ids().stream().map(ActivatedAgent::lease).toList()));
            }
        } catch (Exception | AssertionError e) {
            // no further agent connects
        }
    }

    static Entry lease(String containerId) {
        return new Entry.Served(
                "lease-of-" + containerId,
                1,
                Optional.of(containerId),
                "default",
                "arn:aws:iam::123456789012:role/restart-" + containerId,
                "hash",
                new WireSession(
                        "ASIAEXAMPLEEXAMPLE00",
                        Secret.of("s".repeat(40)),
                        Secret.of("t".repeat(600)),
                        Instant.parse("2090-01-01T00:00:00Z")));
    }

    @Override
    public void close() throws IOException {
        unit.close();
        containers.close();
        controller.close();
    }
}
