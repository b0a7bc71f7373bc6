package io.mesosiam.controller;

import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TestTls;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * The controller jar while a spawner asks for launch grants over TLS, each in a namespace with bounds on two levels: the CPU time
 * of the controller for each, and how long an answer takes, at a steady rate and then as fast as the connections go.
 * Arguments: the jar, grants a second of the steady rate, seconds of each measurement.
 */
public final class GrantBenchmark {
    private static final int CONNECTIONS = 16;
    private static final int NAMESPACES = 40;

    /** Open grants of each namespace before the second round. */
    private static final int OPEN = 1000;

    private static final String TOKEN = "mia_" + "s".repeat(43);
    private static final String BODY = """
            {"iamRoleArn": "arn:aws:iam::111122223333:role/notebook-7", "frameworkPrincipal": "svc-notebooks", "mesosRole": "data/notebooks",
             "sessionPolicy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]},
             "expiresInSeconds": 3600}""";

    private final URI api;
    private final TestCa ca;
    private final ControllerProcess controller;
    private final int seconds;

    private GrantBenchmark(URI api, TestCa ca, ControllerProcess controller, int seconds) {
        this.api = api;
        this.ca = ca;
        this.controller = controller;
        this.seconds = seconds;
    }

    public static void main(String... arguments) throws Exception {
        int rate = Integer.parseInt(arguments[1]);
        Path directory = Files.createTempDirectory("mesos-iam-grants");
        try (TestDatabase database = TestPostgres.database();
                SandboxMaster master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
                SandboxSts sts = SandboxSts.start()) {
            fill(database);
            TestCa ca = TestCa.in(directory);
            int port = TestPort.claim();
            Map<String, String> settings =
                    ControllerProcess.settings(database, master, sts, ca, ca.issue("dns:localhost"));
            settings.put("QUARKUS_HTTP_PORT", String.valueOf(port));
            try (ControllerProcess controller = ControllerProcess.start(
                    directory, "controller-1", Path.of(arguments[0]), List.of("-Xmx512m"), settings)) {
                controller.awaitReady();
                GrantBenchmark benchmark = new GrantBenchmark(
                        URI.create("https://localhost:" + port), ca, controller, Integer.parseInt(arguments[2]));
                benchmark.load("warming up", rate);
                benchmark.load("steady", rate);
                benchmark.load("as fast as possible", 0);
                // the trigger counts for each row
                database.execute("alter table launch_grant disable trigger launch_grant_within_bounds");
                database.execute("""
                        insert into launch_grant (namespace, iam_role_arn, framework_principal, task_id, expires_at)
                        select '/data/n' || i %% %d, 'arn:aws:iam::111122223333:role/notebook-7', 'svc-notebooks', 'task-' || i, now() + interval '1 hour'
                        from generate_series(1, %d) i""".formatted(NAMESPACES, NAMESPACES * OPEN));
                database.execute("alter table launch_grant enable trigger launch_grant_within_bounds");
                database.execute("analyze launch_grant");
                benchmark.load("warming up, many open", rate);
                benchmark.load("steady, " + OPEN + " and more open in each namespace", rate);
                benchmark.load("as fast as possible, the same", 0);
            }
        }
    }

    private static void fill(TestDatabase database) {
        database.execute(
                "insert into namespace (path, iam_role_arns, mesos_roles) values ('/data', '{arn:aws:iam::111122223333:role/*}', '{data}')");
        database.execute("""
                insert into namespace (path, iam_role_arns, framework_principals, longest_ttl)
                select '/data/n' || i, '{arn:aws:iam::111122223333:role/notebook-*}', '{svc-notebooks}', '1 day' from generate_series(0, %d) i""".formatted(NAMESPACES - 1));
        database.execute("insert into api_token (name, hash, roles, expires_at) values ('spawner', sha256('" + TOKEN
                + "'), '{spawner:/data}', now() + interval '1 day')");
    }

    /**
     * Asks for grants on all connections.
     *
     * @param rate grants a second; 0 for as many as the connections take one after another
     */
    private void load(String what, int rate) throws InterruptedException {
        List<LongStream.Builder> took = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        AtomicInteger failed = new AtomicInteger();
        AtomicLong next = new AtomicLong();
        Duration before = cpu();
        long begin = System.nanoTime();
        for (int i = 0; i < CONNECTIONS; i++) {
            LongStream.Builder own = LongStream.builder();
            took.add(own);
            threads.add(Thread.ofPlatform().start(() -> ask(begin, rate, next, own, failed)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double elapsed = (System.nanoTime() - begin) / 1e9;
        double used = cpu().minus(before).toNanos() / 1e6;
        long[] all = took.stream()
                .map(LongStream.Builder::build)
                .flatMapToLong(times -> times)
                .sorted()
                .toArray();
        System.out.printf(
                "%-60s %.0f grants/s, %d failed; controller CPU %.2f ms each; p50 %.1f ms, p99 %.1f ms%n",
                what,
                all.length / elapsed,
                failed.get(),
                used / all.length,
                all[all.length / 2] / 1e6,
                all[all.length * 99 / 100] / 1e6);
    }

    private void ask(long begin, int rate, AtomicLong next, LongStream.Builder took, AtomicInteger failed) {
        try (HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(TestTls.context(ca.certificateFile(), Optional.empty()))
                .build()) {
            while (true) {
                long number = next.getAndIncrement();
                if (rate > 0) {
                    LockSupport.parkNanos(begin + number * 1_000_000_000L / rate - System.nanoTime());
                }
                long sent = System.nanoTime();
                if (sent - begin > seconds * 1_000_000_000L) {
                    return;
                }
                HttpRequest request = HttpRequest.newBuilder(api.resolve(
                                "/api/v1/namespaces/data.n" + number % NAMESPACES + "/grants?reason=benchmark"))
                        .timeout(Duration.ofSeconds(30))
                        .header("Authorization", "Bearer " + TOKEN)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(BODY))
                        .build();
                if (http.send(request, BodyHandlers.ofString()).statusCode() != 201) {
                    failed.incrementAndGet();
                }
                took.add(System.nanoTime() - sent);
            }
        } catch (IOException | InterruptedException e) {
            failed.incrementAndGet();
        }
    }

    private Duration cpu() {
        return ProcessHandle.of(controller.pid())
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow();
    }
}
