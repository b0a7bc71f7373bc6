package io.mesosiam.agent;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.link.ControllerLink;
import io.mesosiam.agent.link.DialPlan;
import io.mesosiam.agent.link.LeaseStore;
import io.mesosiam.agent.link.LinkTiming;
import io.mesosiam.agent.link.TestPeer;
import io.mesosiam.agent.link.UnexpectedFailures;
import io.mesosiam.agent.serve.CredentialEndpoint;
import io.mesosiam.agent.serve.EndpointSettings;
import io.mesosiam.channel.wire.AgentMessage.Held;
import io.mesosiam.controller.ControllerProcess;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.cluster.FrameworkSpec;
import io.mesosiam.sandbox.cluster.Placement;
import io.mesosiam.sandbox.cluster.TaskKey;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.cluster.TaskState;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Measures the path from the master to the endpoint: a controller as a separate process on a real database, a master
 * and an STS that speak the real protocols, and the agent's own link, store and endpoint in this process, so that
 * arrivals are detected at once. One task at a time: it starts, its lease arrives, it is bound and requested, the task
 * ends, its lease is removed. docs/benchmarks.md has the command.
 */
public final class EndToEndBenchmark {
    private static final int WARM_UP = 200;
    private static final int TASKS = 500;
    private static final String HOST = "host-1";
    private static final List<String> FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "-XX:+UseCompactObjectHeaders",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED");
    private static final PrintStream OUT = System.out;

    private EndToEndBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        Path jar = Path.of(arguments.length > 0 ? arguments[0] : "target/quarkus-app/quarkus-run.jar");
        Path directory = Files.createTempDirectory("mesos-iam-end-to-end");
        try (TestDatabase database = TestPostgres.database();
                SandboxMaster master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
                SandboxSts sts = SandboxSts.start()) {
            database.execute("""
                    insert into policy (name, effect, framework_principal, iam_role_arn)
                    values ('all', 'allow', 'svc', 'arn:aws:iam::111122223333:role/benchmark')""");
            String agent = master.cluster().register(new AgentSpec(HOST, "127.0.0.1", 5051, Map.of()));
            String framework = master.cluster()
                    .subscribe(new FrameworkSpec("benchmark", "svc", "root", List.of("web"), true, true));
            TestCa ca = TestCa.in(directory);
            Map<String, String> settings =
                    ControllerProcess.settings(database, master, sts, ca, ca.issue("dns:localhost"));
            long begun = System.nanoTime();
            try (ControllerProcess controller =
                    ControllerProcess.start(directory, "controller", jar, FLAGS, settings)) {
                controller.awaitReady();
                OUT.printf("controller: exec to ready %.1f s%n", (System.nanoTime() - begun) / 1e9);
                OUT.println("controller: RSS idle MiB " + AgentBenchmark.rss(controller.pid()));
                try (Agent ours = new Agent(ca, agent, controller.uri())) {
                    Round round = new Round(master, framework, agent, ours);
                    round.run(WARM_UP, 0);
                    report("STS in 0 ms", round.run(TASKS, 0));
                    try (Connection connection = database.connect()) {
                        OUT.println("withdrawal inserted to lease removed, ms "
                                + percentiles(round.withdraw(TASKS / 5, connection)));
                    }
                    sts.delay(Duration.ofMillis(100));
                    report("STS in 100 ms", round.run(TASKS / 5, 100));
                }
                OUT.println("controller: RSS loaded MiB " + AgentBenchmark.rss(controller.pid()));
                controller.stop();
            }
        } finally {
            AgentBenchmark.delete(directory);
        }
        System.exit(0);
    }

    private record Figures(List<Double> held, List<Double> removed) {}

    private record Round(SandboxMaster master, String framework, String agentId, Agent agent) {
        /** Withdraws running tasks with a statement of SQL. The time includes the statement and its commit. */
        List<Double> withdraw(int tasks, Connection connection) throws Exception {
            List<Double> removed = new ArrayList<>();
            try (PreparedStatement withdrawal = connection.prepareStatement(
                    "insert into withdrawal (framework_id, task_id, reason) values (?, ?, 'benchmark')")) {
                for (int i = 0; i < tasks; i++) {
                    String id = "task-" + UUID.randomUUID();
                    TaskKey key = new TaskKey(framework, id);
                    Set<String> before = agent.leases();
                    master.cluster().launch(TaskSpec.command(id, framework, agentId, "web"));
                    agent.container.set(new Container(id, i + 1));
                    master.cluster().starting(key, new Placement(List.of(id), "127.0.0.1", 1));
                    master.cluster().running(key);
                    while (agent.ask() != 200) {
                        Thread.onSpinWait();
                    }
                    withdrawal.setString(1, framework);
                    withdrawal.setString(2, id);
                    long start = System.nanoTime();
                    withdrawal.executeUpdate();
                    while (!before.containsAll(agent.leases())) {
                        Thread.onSpinWait();
                    }
                    removed.add((System.nanoTime() - start) / 1e6);
                    if (agent.ask() == 200) {
                        throw new IllegalStateException("withdrawn credentials are served");
                    }
                    master.cluster().updateStatus(key, TaskState.FINISHED, "");
                }
            }
            return removed;
        }

        Figures run(int tasks, int stsMillis) throws Exception {
            List<Double> held = new ArrayList<>();
            List<Double> removed = new ArrayList<>();
            for (int i = 0; i < tasks; i++) {
                String id = "task-" + UUID.randomUUID();
                TaskKey key = new TaskKey(framework, id);
                Set<String> before = agent.leases();
                long start = System.nanoTime();
                master.cluster().launch(TaskSpec.command(id, framework, agentId, "web"));
                while (before.containsAll(agent.leases())) {
                    Thread.onSpinWait();
                }
                held.add((System.nanoTime() - start) / 1e6 - stsMillis);

                agent.container.set(new Container(id, i + 1));
                master.cluster().starting(key, new Placement(List.of(id), "127.0.0.1", 1));
                master.cluster().running(key);
                while (agent.ask() != 200) {
                    Thread.onSpinWait();
                }
                long end = System.nanoTime();
                master.cluster().updateStatus(key, TaskState.FINISHED, "");
                while (!before.containsAll(agent.leases())) {
                    Thread.onSpinWait();
                }
                removed.add((System.nanoTime() - end) / 1e6);
            }
            // the agent holds this request for 0.8 s
            if (agent.ask() == 200) {
                throw new IllegalStateException("a removed lease is served");
            }
            return new Figures(held, removed);
        }
    }

    /** The parts of the agent; the container of a request is set, not attested. */
    private static final class Agent implements AutoCloseable {
        private final AtomicReference<Container> container = new AtomicReference<>(new Container("none", 1));
        private final LeaseStore store = new LeaseStore(InstantSource.system(), _ -> Optional.empty());
        private final ControllerLink link;
        private final CredentialEndpoint endpoint;
        private final HttpClient client = HttpClient.newHttpClient();
        private final HttpRequest ask;

        Agent(TestCa ca, String mesosAgentId, String controller) {
            DialPlan plan = new DialPlan(List.of(URI.create(controller)), new SecureRandom());
            link = new ControllerLink(
                    TestPeer.of(ca, HOST, mesosAgentId),
                    plan,
                    store,
                    System::nanoTime,
                    LinkTiming.USUAL,
                    new UnexpectedFailures());
            EndpointSettings settings = new EndpointSettings(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    Set.of("/v2/credentials"),
                    false,
                    false,
                    Set.of(),
                    URI.create("http://127.0.0.1"),
                    0);
            endpoint = new CredentialEndpoint(
                    settings,
                    Optional.empty(),
                    (caller, deadline) -> new Attestation.Attested(container.get(), "set"),
                    store,
                    link,
                    InstantSource.system());
            endpoint.start();
            link.start(Set::of);
            ask = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + endpoint.address().getPort() + "/v2/credentials"))
                    .build();
        }

        Set<String> leases() {
            return Set.copyOf(store.held().stream().map(Held::leaseId).toList());
        }

        int ask() throws IOException, InterruptedException {
            return client.send(ask, BodyHandlers.discarding()).statusCode();
        }

        @Override
        public void close() {
            endpoint.close();
            link.close();
            store.close();
            client.close();
        }
    }

    private static void report(String what, Figures figures) {
        OUT.printf(
                "%s, %d tasks: TASK_ADDED to lease held, beyond STS, ms %s%n",
                what, figures.held().size(), percentiles(figures.held()));
        OUT.printf("%s: TASK_FINISHED to lease removed, ms %s%n", what, percentiles(figures.removed()));
    }

    private static String percentiles(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return "p50 %.1f p99 %.1f max %.1f"
                .formatted(sorted.get(sorted.size() / 2), sorted.get((int) (sorted.size() * 0.99)), sorted.getLast());
    }
}
