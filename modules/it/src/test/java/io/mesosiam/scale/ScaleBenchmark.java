package io.mesosiam.scale;

import io.mesosiam.controller.ControllerProcess;
import io.mesosiam.controller.Jcmd;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.SandboxSts;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures a controller at a size: the first leases of all tasks, tasks that start and end, a change of the policies, a failover of the
 * master and a restart of the controller. Arguments: the controller's jar, hosts, running tasks, policies, starts per second, seconds.
 * docs/benchmarks.md has the command.
 */
public final class ScaleBenchmark {
    private static final List<String> FLAGS = List.of(
            "-Xmx1g",
            "-XX:+UseCompactObjectHeaders",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED");
    private static final int CHANGED_PART = 100;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final PrintStream OUT = System.out;

    private final TestDatabase database;
    private final SandboxSts sts;
    private final ControllerProcess controller;
    private final List<StreamedHost> hosts;
    private final RunningTasks tasks;
    private final int policies;

    private ScaleBenchmark(
            TestDatabase database,
            SandboxSts sts,
            ControllerProcess controller,
            List<StreamedHost> hosts,
            RunningTasks tasks,
            int policies) {
        this.database = database;
        this.sts = sts;
        this.controller = controller;
        this.hosts = hosts;
        this.tasks = tasks;
        this.policies = policies;
    }

    public static void main(String[] arguments) throws Exception {
        // a PEM key is kept in a store in memory, with a key that is otherwise derived in 10,000 rounds
        System.setProperty("keystore.pkcs12.keyPbeIterationCount", "1");
        Path jar = Path.of(arguments[0]);
        int hosts = Integer.parseInt(arguments[1]);
        int running = Integer.parseInt(arguments[2]);
        int policies = Integer.parseInt(arguments[3]);
        int perSecond = Integer.parseInt(arguments[4]);
        Duration time = Duration.ofSeconds(Long.parseLong(arguments[5]));
        Path directory = Files.createTempDirectory("mesos-iam-scale");
        Vertx vertx = Vertx.vertx();
        try (TestDatabase database = TestPostgres.database();
                SandboxMaster master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
                SandboxSts sts = SandboxSts.start()) {
            database.execute("""
                    insert into policy (name, effect, framework_principal, labels, iam_role_arn)
                    select 'p-' || i, 'allow', 'svc', json_build_array(json_build_object('key', '%s', 'value', 's-' || i)),
                        'arn:aws:iam::111122223333:role/r-' || i
                    from generate_series(0, %d) as i""".formatted(RunningTasks.LABEL, policies - 1));
            TestCa ca = TestCa.in(directory);
            Map<String, String> settings =
                    ControllerProcess.settings(database, master, sts, ca, ca.issue("dns:localhost"));
            settings.put("MESOS_IAM_STS_CALLS_PER_SECOND", "10000");
            RunningTasks tasks = new RunningTasks(master.cluster(), sts, policies);
            OUT.printf("%d hosts, %d tasks, %d policies%n", hosts, running, policies);
            try (ControllerProcess controller =
                    ControllerProcess.start(directory, "controller-1", jar, FLAGS, settings)) {
                long begun = System.nanoTime();
                List<StreamedHost> streams = streams(hosts, vertx, ca, master, controller, tasks);
                IntStream.range(0, running).forEach(i -> tasks.startAtOnce(streams.get(i % hosts)));
                controller.awaitReady();
                OUT.printf("exec to ready, with the hosts' certificates: %.1f s%n", seconds(begun));
                ScaleBenchmark all = new ScaleBenchmark(database, sts, controller, streams, tasks, policies);
                all.sync();
                all.churn(perSecond, time);
                all.changePolicies();
                all.failOver();
                all.restart();
                OUT.println("faults: "
                        + streams.stream().mapToLong(StreamedHost::faults).sum());
                streams.forEach(StreamedHost::close);
            }
        }
        System.exit(0);
    }

    private static List<StreamedHost> streams(
            int number,
            Vertx vertx,
            TestCa ca,
            SandboxMaster master,
            ControllerProcess controller,
            RunningTasks tasks) {
        int port = URI.create(controller.uri()).getPort();
        List<StreamedHost> streams = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            String name = "host-" + i;
            String id = master.cluster().register(new AgentSpec(name, "127.0.0.1", 5051, Map.of()));
            streams.add(new StreamedHost(vertx, ca, name, id, port, tasks));
        }
        return streams;
    }

    /** All hosts connect at once, and all tasks get their first sessions. */
    private void sync() throws Exception {
        Costs before = costs();
        long begun = System.nanoTime();
        hosts.forEach(StreamedHost::connect);
        await(() -> tasks.withLease() == tasks.count());
        double took = seconds(begun);
        Thread.sleep(SETTLE);
        OUT.printf(
                "first sync: all leases on their hosts after %.1f s; each: %s%n",
                took, costs().each(before, tasks.count()));
        OUT.printf(
                "memory: live heap %.0f MiB; each host received %d bytes%n",
                Jcmd.liveHeap(controller.pid()),
                hosts.stream().mapToLong(StreamedHost::received).sum() / hosts.size());
    }

    private void churn(int perSecond, Duration time) throws Exception {
        // the second half is printed: in the first one the JVM compiles
        int unused = tasks.churn(hosts, perSecond, time);
        Costs before = costs();
        int started = tasks.churn(hosts, perSecond, time);
        long stopped = System.nanoTime();
        await(() -> tasks.untilHeld.open() == 0 && tasks.untilRemoved.open() == 0);
        double late = seconds(stopped);
        Thread.sleep(SETTLE);
        Costs after = costs();
        OUT.printf(
                "%d a second: %d started and ended, all done %.1f s after the last; each: %s%n",
                perSecond, started, late, after.each(before, started));
        OUT.printf(
                "  TASK_ADDED to lease on its host %s%n  container named to lease bound %s%n  TASK_FINISHED to lease removed %s%n",
                tasks.untilHeld, tasks.untilBound, tasks.untilRemoved);
        lost();
    }

    /** Every hundredth policy gives another role; a task starts right after the commit. */
    private void changePolicies() throws Exception {
        Set<Integer> changed = IntStream.range(0, policies)
                .filter(i -> i % CHANGED_PART == 0)
                .boxed()
                .collect(Collectors.toSet());
        tasks.awaitRoles(changed);
        Costs before = costs();
        database.execute("update policy set iam_role_arn = iam_role_arn || '-next' where substr(name, 3)::int % "
                + CHANGED_PART + " = 0");
        String probe = startOne();
        await(() -> tasks.untilChanged.open() == 0 && !tasks.untilHeld.isOpen(probe));
        OUT.printf(
                "policy change: after the commit, sessions of another role %s; a task that starts then %s; CPU %.2f s%n",
                tasks.untilChanged, tasks.untilHeld, costs().controllerSince(before));
    }

    private void failOver() throws Exception {
        int calls = sts.calls().size();
        Costs before = costs();
        long begun = System.nanoTime();
        tasks.failOver(hosts);
        String probe = startOne();
        await(() -> !tasks.untilHeld.isOpen(probe));
        OUT.printf(
                "failover of the master: a task that starts then has its lease after %.2f s; calls to STS beyond it %d; CPU %.2f s%n",
                seconds(begun), sts.calls().size() - calls - 1, costs().controllerSince(before));
        lost();
    }

    private void restart() throws Exception {
        int calls = sts.calls().size();
        controller.stop();
        long begun = System.nanoTime();
        controller.start();
        controller.awaitReady();
        double ready = seconds(begun);
        String probe = startOne();
        await(() -> !tasks.untilHeld.isOpen(probe));
        double served = seconds(begun);
        await(() -> hosts.stream().allMatch(StreamedHost::isInSync));
        OUT.printf(
                "restart: ready after %.1f s, a task that starts then has its lease after %.1f s, all hosts in sync after %.1f s;"
                        + " calls to STS beyond it %d%n",
                ready, served, seconds(begun), sts.calls().size() - calls - 1);
        lost();
    }

    private String startOne() {
        tasks.untilHeld.clear();
        return tasks.start(hosts.getFirst());
    }

    private void lost() {
        OUT.printf("  leases taken from running tasks %d, issued again %d%n", tasks.taken.get(), tasks.again.get());
    }

    private Costs costs() throws IOException {
        return Costs.of(controller.pid(), database);
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition) throws InterruptedException {
        long begun = System.nanoTime();
        while (!condition.holds()) {
            if (seconds(begun) > LONGEST.toSeconds()) {
                throw new IllegalStateException("not within " + LONGEST);
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }
}
