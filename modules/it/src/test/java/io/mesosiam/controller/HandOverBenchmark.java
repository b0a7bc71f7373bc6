package io.mesosiam.controller;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.link.ControllerLink;
import io.mesosiam.agent.link.ControllerOrder;
import io.mesosiam.agent.link.DialPlan;
import io.mesosiam.agent.link.LeaseStore;
import io.mesosiam.agent.link.LinkTiming;
import io.mesosiam.agent.link.TestPeer;
import io.mesosiam.agent.link.UnexpectedFailures;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.cluster.FrameworkSpec;
import io.mesosiam.sandbox.cluster.Placement;
import io.mesosiam.sandbox.cluster.TaskKey;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measures what hosts notice when one of several controllers is drained, ended by SIGTERM and by SIGKILL, and when they
 * return to it: the time without a stream in sync, and the answers to containers that start and ask in that time. The
 * controllers are separate processes on a real database; the links and stores of the agents are in this one. Arguments: the
 * controller's jar, the number of controllers, of hosts, and of tasks on each; and {@code first} if all hosts are to prefer
 * the first controller; and {@code drain}, {@code SIGTERM}, {@code SIGKILL} to measure these alone. docs/benchmarks.md has the
 * command.
 */
public final class HandOverBenchmark {
    private static final List<String> FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-Xmx1g",
            "-XX:+UseCompactObjectHeaders",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED");
    private static final Duration HELD = Duration.ofMillis(800);
    private static final Duration BETWEEN_ASKS = Duration.ofMillis(50);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);
    private static final Duration BETWEEN_QUERIES = Duration.ofMillis(50);
    private static final Duration BETWEEN_STARTS = Duration.ofMillis(20);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private HandOverBenchmark() {}

    public static void main(String... arguments) throws Exception {
        Path directory = Files.createTempDirectory("mesos-iam-hand-over");
        try (TestDatabase database = TestPostgres.database();
                SandboxMaster master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
                SandboxSts sts = SandboxSts.start()) {
            Cluster cluster = new Cluster(directory, database, master, sts);
            cluster.start(
                    Path.of(arguments[0]),
                    Integer.parseInt(arguments[1]),
                    Integer.parseInt(arguments[2]),
                    Integer.parseInt(arguments[3]),
                    List.of(arguments).contains("first"));
            cluster.measure("nothing, for comparison", () -> pause(Duration.ofSeconds(10)), () -> true);
            if (isChosen("drain", arguments)) {
                cluster.measure("drain", cluster::drain, cluster::emptied);
                cluster.measure("return after the drain", cluster::endDrain, cluster::returned);
            }
            if (isChosen("SIGTERM", arguments)) {
                cluster.measure("SIGTERM", () -> cluster.controllers.getFirst().stop(), cluster::emptied);
                cluster.measure("return after the restart", cluster::restart, cluster::returned);
            }
            if (isChosen("SIGKILL", arguments)) {
                cluster.measure("SIGKILL", () -> cluster.controllers.getFirst().kill(), cluster::emptied);
                cluster.measure("return after SIGKILL and a restart", cluster::restart, cluster::returned);
            }
            cluster.stop();
        }
        System.exit(0);
    }

    /** All steps if the arguments name none. */
    private static boolean isChosen(String step, String... arguments) {
        List<String> chosen = new ArrayList<>(List.of("drain", "SIGTERM", "SIGKILL"));
        chosen.retainAll(List.of(arguments));
        return chosen.isEmpty() || chosen.contains(step);
    }

    private interface Step {
        void run() throws Exception;
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static final class Cluster {
        private final Path directory;
        private final TestDatabase database;
        private final SandboxMaster master;
        private final SandboxSts sts;
        private final HttpClient http = HttpClient.newHttpClient();
        private final List<ControllerProcess> controllers = new ArrayList<>();
        private final List<Host> hosts = new ArrayList<>();
        private final Random random = new Random(1);
        private final AtomicInteger launched = new AtomicInteger();
        private int api;
        private String framework = "";
        /** The hosts that prefer the first controller. */
        private final Set<String> homes = new HashSet<>();

        Cluster(Path directory, TestDatabase database, SandboxMaster master, SandboxSts sts) {
            this.directory = directory;
            this.database = database;
            this.master = master;
            this.sts = sts;
        }

        /** @param allFirst whether only hosts are made that prefer the first controller */
        void start(Path jar, int count, int size, int tasks, boolean allFirst) throws Exception {
            database.execute("""
                    insert into policy (name, effect, framework_principal, iam_role_arn)
                    values ('all', 'allow', 'svc', 'arn:aws:iam::111122223333:role/benchmark')""");
            framework = master.cluster()
                    .subscribe(new FrameworkSpec("benchmark", "svc", "root", List.of("web"), true, true));
            TestCa ca = TestCa.in(directory);
            Map<String, String> settings =
                    ControllerProcess.settings(database, master, sts, ca, ca.issue("dns:localhost"));
            settings.put("MESOS_IAM_API_PLAIN_HTTP", "true");
            settings.put("MESOS_IAM_SIGN_IN_LOOPBACK_ROLES", "operator");
            for (int i = 0; i < count; i++) {
                int port = TestPort.claim();
                api = i == 0 ? port : api;
                Map<String, String> own = new HashMap<>(settings);
                own.put("QUARKUS_HTTP_PORT", String.valueOf(port));
                controllers.add(ControllerProcess.start(directory, "controller-" + i, jar, FLAGS, own));
                controllers.getLast().awaitReady();
            }
            List<URI> uris =
                    controllers.stream().map(one -> URI.create(one.uri())).toList();
            for (int i = 0; hosts.size() < size; i++) {
                String name = "host-" + i + ".example";
                List<URI> order = ControllerOrder.of(uris, name);
                boolean first = order.getFirst().equals(uris.getFirst());
                if (first || !allFirst) {
                    String id = master.cluster().register(new AgentSpec(name, "127.0.0.1", 5051, Map.of()));
                    hosts.add(new Host(name, id, ca, order));
                    if (first) {
                        homes.add(id);
                    }
                }
            }
            for (Host host : hosts) {
                for (int i = 0; i < tasks; i++) {
                    launch(host);
                }
                host.link.start(() -> Set.copyOf(host.containers));
                pause(BETWEEN_STARTS);
            }
            await(() -> hosts.stream().allMatch(Host::isWhole) && returned());
            System.out.printf(
                    "%d controllers, %d hosts, %d tasks each; hosts of each: %s%n", count, size, tasks, shares());
        }

        private Container launch(Host host) {
            String id = "task-" + launched.getAndIncrement();
            TaskKey key = new TaskKey(framework, id);
            master.cluster().launch(TaskSpec.command(id, framework, host.id, "web"));
            Container container = new Container(id, launched.get());
            host.containers.add(container);
            master.cluster().starting(key, new Placement(List.of(id), "127.0.0.1", 1));
            master.cluster().running(key);
            return container;
        }

        /** Runs the step while containers start and ask, until all hosts are in sync and the condition holds. */
        void measure(String name, Step step, Condition after) throws Exception {
            int calls = sts.assumptions().size();
            int tasks = launched.get();
            AtomicBoolean over = new AtomicBoolean();
            Asks asks = new Asks();
            double[] gaps = new double[hosts.size()];
            Thread looks = Thread.ofPlatform().start(() -> look(over, gaps));
            try (ExecutorService containers = Executors.newVirtualThreadPerTaskExecutor()) {
                Thread starts = Thread.ofVirtual().start(() -> {
                    while (!over.get()) {
                        Host host = hosts.get(random.nextInt(hosts.size()));
                        Container container = launch(host);
                        host.link.containersChanged();
                        containers.execute(() -> asks.ask(host, container.id()));
                        pause(BETWEEN_ASKS);
                    }
                });
                long begun = System.nanoTime();
                step.run();
                double stepped = (System.nanoTime() - begun) / 1e9;
                await(() -> hosts.stream().allMatch(Host::isInSync) && after.holds());
                double took = (System.nanoTime() - begun) / 1e9;
                over.set(true);
                starts.join();
                looks.join();
                System.out.printf(
                        "%s: %.1f s, all hosts in sync and done after %.1f s%n  hosts with a container that asks: %s%n"
                                + "  other hosts: %s%n",
                        name,
                        stepped,
                        took,
                        gaps(gaps, asks.hosts::contains),
                        gaps(gaps, host -> !asks.hosts.contains(host)));
            }
            await(() -> hosts.stream().allMatch(Host::isWhole));
            System.out.printf(
                    "  asks %s; calls to STS beyond one for each new task %d; hosts of each %s%n",
                    asks, sts.assumptions().size() - calls - (launched.get() - tasks), shares());
        }

        private void look(AtomicBoolean over, double[] longest) {
            long[] since = new long[longest.length];
            while (!over.get()) {
                for (int i = 0; i < longest.length; i++) {
                    long now = System.nanoTime();
                    if (hosts.get(i).isInSync()) {
                        since[i] = 0;
                    } else {
                        since[i] = since[i] == 0 ? now : since[i];
                        longest[i] = Math.max(longest[i], (now - since[i] + BETWEEN_LOOKS.toNanos()) / 1e9);
                    }
                }
                pause(BETWEEN_LOOKS);
            }
        }

        /** @param which the hosts to report */
        private String gaps(double[] longest, Predicate<Host> which) {
            List<Double> some = IntStream.range(0, longest.length)
                    .filter(i -> longest[i] > 0 && which.test(hosts.get(i)))
                    .mapToObj(i -> longest[i])
                    .toList();
            return some.size() + " were without a stream" + distribution(some.stream());
        }

        void drain() throws Exception {
            send("POST");
        }

        void endDrain() throws Exception {
            send("DELETE");
        }

        private void send(String method) throws Exception {
            URI drain =
                    URI.create("http://127.0.0.1:" + api + "/api/v1/controllers/controller-0/drain?reason=benchmark");
            int status = http.send(
                            HttpRequest.newBuilder(drain)
                                    .method(method, BodyPublishers.noBody())
                                    .build(),
                            BodyHandlers.ofString())
                    .statusCode();
            if (status != 200) {
                throw new IllegalStateException("drain answered " + status);
            }
        }

        void restart() throws IOException {
            controllers.getFirst().start();
            controllers.getFirst().awaitReady();
        }

        boolean emptied() {
            return atTheFirst().isEmpty();
        }

        boolean returned() {
            return atTheFirst().equals(homes);
        }

        /** The hosts that the first controller has claimed last. */
        private Set<String> atTheFirst() {
            pause(BETWEEN_QUERIES);
            return Set.copyOf(database.query(
                    "select mesos_agent_id from agent where state = 'connected' and controller_id = 'controller-0'"));
        }

        private List<String> shares() {
            return database.query("select controller_id || ' ' || count(*) from agent where state = 'connected'"
                    + " group by controller_id order by 1");
        }

        void stop() {
            hosts.forEach(host -> host.link.close());
            controllers.forEach(ControllerProcess::close);
            http.close();
        }
    }

    /** An agent's link and store. */
    private static final class Host {
        private final String id;
        private final Set<Container> containers = ConcurrentHashMap.newKeySet();
        private final LeaseStore store = new LeaseStore(InstantSource.system(), _ -> Optional.empty());
        private final ControllerLink link;

        Host(String name, String id, TestCa ca, List<URI> controllers) {
            this.id = id;
            link = new ControllerLink(
                    TestPeer.of(ca, name, id),
                    new DialPlan(controllers, new SecureRandom()),
                    store,
                    System::nanoTime,
                    LinkTiming.USUAL,
                    new UnexpectedFailures());
        }

        boolean isInSync() {
            return link.isInSync();
        }

        boolean isWhole() {
            return link.isInSync() && store.held().size() == containers.size();
        }
    }

    /** The answers to containers that ask as an SDK does: a request is held for 0.8 s, and repeated if it gets none. */
    private static final class Asks {
        private final Set<Host> hosts = ConcurrentHashMap.newKeySet();
        private final Queue<Double> late = new ConcurrentLinkedQueue<>();
        private final AtomicInteger tried = new AtomicInteger();
        private final AtomicInteger wrong = new AtomicInteger();

        void ask(Host host, String container) {
            tried.incrementAndGet();
            hosts.add(host);
            long begun = System.nanoTime();
            try {
                Answer answer = answer(host, container);
                if (answer instanceof Answer.Nothing) {
                    while (answer instanceof Answer.Nothing) {
                        answer = answer(host, container);
                    }
                    late.add((System.nanoTime() - begun) / 1e9);
                }
                if (!(answer instanceof Answer.Lease lease)
                        || !lease.containerId().equals(container)) {
                    wrong.incrementAndGet();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static Answer answer(Host host, String container) throws InterruptedException {
            if (host.store.find(container, "default") instanceof Answer.Nothing) {
                host.link.requestLease(container, "default");
            }
            return host.store.await(container, "default", HELD);
        }

        @Override
        public String toString() {
            return tried + ", wrong " + wrong + ", not answered within 0.8 s " + late.size()
                    + distribution(late.stream());
        }
    }

    private static String distribution(Stream<Double> seconds) {
        List<Double> sorted = seconds.sorted().toList();
        return sorted.isEmpty()
                ? ""
                : ", s p50 %.2f p99 %.2f max %.2f"
                        .formatted(
                                sorted.get(sorted.size() / 2),
                                sorted.get((int) (sorted.size() * 0.99)),
                                sorted.getLast());
    }

    private static void await(Condition condition) throws Exception {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not within " + LONGEST);
            }
            pause(BETWEEN_LOOKS);
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
