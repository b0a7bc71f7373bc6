package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.agent.link.FakeController;
import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.WireSession;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.secret.Secret;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent jar, as installed on a host. */
class AgentJarIT {
    private static final Path JAR = Path.of(System.getProperty("mesosiam.agent.jar"));
    private static final AgentProgram PROGRAM = AgentProgram.underTest();

    @TempDir
    private Path directory;

    @Test
    void jarContainsOnlyTheAgentAJsonLibraryAndNetty() throws Exception {
        TreeSet<String> strangers = new TreeSet<>();
        try (JarFile jar = new JarFile(JAR.toFile())) {
            jar.stream()
                    .map(entry -> entry.getName().replaceFirst("^META-INF/versions/[0-9]+/", ""))
                    .filter(name -> name.endsWith(".class"))
                    .filter(name -> !name.startsWith("io/mesosiam/agent/")
                            && !name.startsWith("io/mesosiam/channel/wire/")
                            && !name.startsWith("io/mesosiam/failure/")
                            && !name.startsWith("io/mesosiam/line/")
                            && !name.startsWith("io/mesosiam/secret/")
                            && !name.startsWith("io/mesosiam/pause/")
                            && !name.startsWith("io/mesosiam/reach/")
                            && !name.startsWith("io/mesosiam/spelling/")
                            && !name.startsWith("com/fasterxml/jackson/core/")
                            && !name.startsWith("io/netty/"))
                    .forEach(strangers::add);
            assertThat(jar.getEntry("io/mesosiam/agent/AgentMain.class")).isNotNull();
            assertThat(jar.getEntry("META-INF/native-image/io.mesosiam/agent/native-image.properties"))
                    .isNotNull();
        }
        assertThat(strangers).isEmpty();
    }

    @Test
    void jarContainsEveryClassOfOursThatItsClassesUse() throws Exception {
        TreeSet<String> missing = new TreeSet<>();
        try (JarFile jar = new JarFile(JAR.toFile())) {
            for (JarEntry entry : jar.stream()
                    .filter(it -> it.getName().matches("io/mesosiam/.*\\.class"))
                    .toList()) {
                byte[] bytes;
                try (InputStream in = jar.getInputStream(entry)) {
                    bytes = in.readAllBytes();
                }
                for (PoolEntry used : ClassFile.of().parse(bytes).constantPool()) {
                    if (used instanceof ClassEntry name
                            && name.asInternalName().startsWith("io/mesosiam/")
                            && jar.getEntry(name.asInternalName() + ".class") == null) {
                        missing.add(name.asInternalName());
                    }
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void agentConnectsServesLeasesRefusesUnknownCallersAndStops() throws Exception {
        TestCa ca = TestCa.in(directory);
        try (FakeController controller = new FakeController(ca, ca.issue("dns:localhost"));
                AgentProcess agent = AgentProcess.start(
                        PROGRAM, directory, AgentSettings.withoutContainers(settings(ca, controller)))) {
            FakeController.Connection connection = controller.accept();
            Hello hello = connection.next(Hello.class);
            assertThat(hello.hostname()).isEqualTo("host-1");
            assertThat(hello.mesosAgentId()).isEqualTo("f00d-S1");
            assertThat(hello.held()).isEmpty();

            connection.send(new Sync(1, List.of(lease("lease-1"))));
            assertThat(connection.next(Ack.class)).isEqualTo(new Ack("lease-1", 1));

            HttpResponse<String> answer = get(agent.endpoint());
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body())
                    .contains("\"code\":\"UnknownCaller\"")
                    .contains("this process runs in no Mesos task on this host");

            assertThat(get(agent.metrics()).body())
                    .contains("mesosiam_agent_asks_total{surface=\"ecs\",code=\"UnknownCaller\"} 1\n")
                    .contains("mesosiam_agent_leases 1\n")
                    .contains("mesosiam_agent_controller_connected 1\n");

            assertThat(agent.stop()).isZero();
            assertThat(agent.log())
                    .contains("credentials refused", "code=UnknownCaller")
                    .doesNotContain("the-secret-key", "the-session-token");
        }
    }

    @Test
    void agentNotifiesTheServiceManagerWhenItServes() throws Exception {
        boolean perl = NotifySocket.canListen();
        if (!perl) {
            System.out.println("SKIPPED: a service manager that waits: perl is not installed");
        }
        assumeTrue(perl, "perl is not installed");
        TestCa ca = TestCa.in(directory);
        String name = directory.resolve("notify").toString();
        Map<String, String> more = Map.of(
                "MESOS_IAM_AGENT_CONTROLLERS", "wss://localhost:1",
                "MESOS_IAM_AGENT_LISTEN", "127.0.0.1:0",
                "NOTIFY_SOCKET", name);
        try (NotifySocket socket = NotifySocket.listen(name);
                AgentProcess agent = AgentProcess.start(
                        PROGRAM, directory, AgentSettings.of(ca, ca.issue("dns:host-1"), "mesos-iam-notify", more))) {
            assertThat(socket.firstMessage()).isEqualTo("READY=1");
            // lines of the log wait in a queue
            Awaitility.await("the line of the log")
                    .atMost(TimeLimit.seconds(10))
                    .until(() -> agent.log().contains("credential endpoint listens"));
        }
    }

    @Test
    void invalidSettingsEndTheAgentAndAreAllReported() throws Exception {
        try (AgentProcess agent = AgentProcess.start(PROGRAM, directory, Map.of("MESOS_IAM_AGENT_LISTEN", "nowhere"))) {
            assertThat(agent.exitCode()).isEqualTo(2);
            assertThat(agent.log())
                    .contains("MESOS_IAM_AGENT_CONTROLLERS must name", "MESOS_IAM_AGENT_LISTEN must be address:port");
        }
    }

    @Test
    void unreadableKeyEndsTheAgentAndIsNamed() throws Exception {
        TestCa ca = TestCa.in(directory);
        TestCa.Identity identity = ca.issue("dns:host-1");
        Map<String, String> settings = Map.of(
                "MESOS_IAM_AGENT_CONTROLLERS", "wss://localhost:1",
                "MESOS_IAM_AGENT_MESOS_AGENT_ID", "f00d-S1",
                "MESOS_IAM_AGENT_CERTIFICATE", identity.certificate().toString(),
                "MESOS_IAM_AGENT_KEY", "/nowhere/agent.key",
                "MESOS_IAM_AGENT_CA", ca.certificateFile().toString());

        try (AgentProcess agent = AgentProcess.start(PROGRAM, directory, settings)) {
            assertThat(agent.exitCode()).isEqualTo(1);
            assertThat(agent.log()).contains("/nowhere/agent.key: can't be read: there is no such file");
        }
    }

    @Test
    void startThatFailsLateEndsTheAgentWithExitCode1AndNoExceptionsName() throws Exception {
        TestCa ca = TestCa.in(directory);
        Map<String, String> more = Map.of(
                "MESOS_IAM_AGENT_CONTROLLERS", "wss://localhost:1",
                "MESOS_IAM_AGENT_LISTEN", "127.0.0.1:0",
                "NOTIFY_SOCKET", directory.resolve("absent").toString());
        try (AgentProcess agent = AgentProcess.start(
                PROGRAM, directory, AgentSettings.of(ca, ca.issue("dns:host-1"), "mesos-iam-late", more))) {
            assertThat(agent.exitCode()).isEqualTo(1);
            assertThat(agent.log())
                    .contains(
                            "can not start: the service manager waits at ",
                            "there is no such file or directory, errno 2")
                    .doesNotContain("CallFailed");
        }
    }

    private Map<String, String> settings(TestCa ca, FakeController controller) throws Exception {
        TestCa.Identity identity = ca.issue("dns:host-1");
        Path workDir = directory.resolve("work");
        Path slaves = Files.createDirectories(workDir.resolve("meta/slaves"));
        Files.createSymbolicLink(slaves.resolve("latest"), Files.createDirectory(slaves.resolve("f00d-S1")));
        return Map.of(
                "MESOS_IAM_AGENT_CONTROLLERS", controller.uri().toString(),
                "MESOS_IAM_AGENT_CERTIFICATE", identity.certificate().toString(),
                "MESOS_IAM_AGENT_KEY", identity.key().toString(),
                "MESOS_IAM_AGENT_CA", ca.certificateFile().toString(),
                "MESOS_IAM_AGENT_HOSTNAME", "host-1",
                "MESOS_IAM_AGENT_MESOS_WORK_DIR", workDir.toString(),
                "MESOS_IAM_AGENT_LISTEN", "127.0.0.1:0",
                "MESOS_IAM_AGENT_METRICS_LISTEN", "127.0.0.1:0");
    }

    private static HttpResponse<String> get(URI uri) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static Entry lease(String leaseId) {
        return new Entry.Served(
                leaseId,
                1,
                Optional.of("some-task"),
                "default",
                "arn:aws:iam::123456789012:role/reports",
                "hash",
                new WireSession(
                        "ASIAEXAMPLE",
                        Secret.of("the-secret-key"),
                        Secret.of("the-session-token"),
                        Instant.parse("2090-01-01T00:00:00Z")));
    }
}
