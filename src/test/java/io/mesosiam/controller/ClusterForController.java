package io.mesosiam.controller;

import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.cluster.FrameworkSpec;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.micrometer.core.instrument.Metrics;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The environment of a controller: a master with two tasks of one framework, a database with two policies, and
 * certificates. Task {@code web-1} is allowed a role, {@code web-2} is denied it.
 */
public final class ClusterForController implements QuarkusTestResourceLifecycleManager {
    private final TestDatabase database = TestPostgres.database();
    private SandboxMaster master;
    private Path certificates;
    private String agent = "";

    @Override
    public Map<String, String> start() {
        // an application that ran in this JVM before leaves its gauges, with its values
        Metrics.globalRegistry.clear();
        database.execute("""
                insert into policy (name, effect, framework_principal, iam_role_arn)
                values ('web', 'allow', 'svc-web', 'arn:aws:iam::123456789012:role/web')""");
        database.execute("insert into policy (name, effect, task_name) values ('not-two', 'deny', '*-2')");
        SignedIn.addTokens(database);
        try {
            certificates = Files.createTempDirectory("mesos-iam-controller-test");
            master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        agent = master.cluster().register(new AgentSpec("host1.mesos.test", "127.0.0.1", 5051, Map.of()));
        String framework =
                master.cluster().subscribe(new FrameworkSpec("web", "svc-web", "root", List.of("web"), true, true));
        master.cluster().launch(TaskSpec.command("web-1", framework, agent, "web"));
        master.cluster().launch(TaskSpec.command("web-2", framework, agent, "web"));

        TestCa ca = TestCa.in(certificates);
        TestCa.Identity controller = ca.issue("dns:localhost");
        // the SDK's default chain looks here first; without credentials the controller is not ready
        System.setProperty("aws.accessKeyId", "AKIAFAKE");
        System.setProperty("aws.secretAccessKey", "fake");
        int management = TestPort.claim();
        return Map.ofEntries(
                // not 0: Vert.x would let the listeners of all ports 0 of one address share one port
                Map.entry("quarkus.http.test-port", String.valueOf(TestPort.claim())),
                Map.entry("quarkus.management.port", String.valueOf(management)),
                Map.entry("test.management", "http://127.0.0.1:" + management + "/"),
                Map.entry("quarkus.datasource.jdbc.url", database.jdbcUrl()),
                Map.entry("quarkus.datasource.reactive.url", database.reactiveUrl()),
                Map.entry("quarkus.datasource.username", database.user()),
                Map.entry("quarkus.datasource.password", database.password()),
                Map.entry("mesos-iam.mesos.masters", master.uri().toString()),
                Map.entry("mesos-iam.sts.region", "eu-west-1"),
                Map.entry("mesos-iam.channel.host", "127.0.0.1"),
                Map.entry("mesos-iam.channel.port", "0"),
                Map.entry(
                        "mesos-iam.channel.certificate-file",
                        controller.certificate().toString()),
                Map.entry("mesos-iam.channel.key-file", controller.key().toString()),
                Map.entry("mesos-iam.channel.ca-file", ca.certificateFile().toString()),
                Map.entry("mesos-iam.api.plain-http", "true"),
                Map.entry("test.framework", framework));
    }

    /** The id of the Mesos agent that the tasks run on. */
    String agent() {
        return agent;
    }

    TestDatabase database() {
        return database;
    }

    @Override
    public void stop() {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
        master.close();
        database.close();
        try (Stream<Path> files = Files.walk(certificates)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
