package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.mesosiam.agent.hostrole.FakeMetadata;
import io.mesosiam.agent.redirect.NetworkNamespace;
import io.mesosiam.controller.ControllerProcess;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TestTls;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.Fault;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A controller has a host try the roles of policies, both as they are installed. The agent is in a network namespace in which the
 * metadata service has its real address and STS its real name and port.
 */
class RoleTrialsIT {
    private static final String HOST_ROLE = "arn:aws:iam::111122223333:role/mesos-host";
    private static final String ASSUMABLE = "arn:aws:iam::111122223333:role/reports";
    private static final String REFUSED = "arn:aws:iam::111122223333:role/backup";
    private static final String STS = "sts.us-east-1.amazonaws.com";
    private static final String PASSWORD = "not-secret";

    @TempDir
    private Path directory;

    private final TestDatabase database = TestPostgres.database();
    private SandboxMaster master;
    private SandboxSts sts;
    private FakeMetadata metadata;
    private TestCa ca;
    private Optional<NetworkNamespace> namespace = Optional.empty();

    @BeforeEach
    void start() throws IOException {
        assumeThat(NetworkNamespace.possible())
                .as("rights to make network namespaces")
                .isTrue();
        master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
        sts = SandboxSts.start();
        sts.hub(HOST_ROLE);
        sts.fault(REFUSED, Fault.ACCESS_DENIED);
        SandboxSts.SessionKey key = sts.instanceProfile(HOST_ROLE);
        metadata = FakeMetadata.withRole(
                "111122223333", "mesos-host", key.accessKeyId(), key.secretAccessKey(), key.sessionToken());
        ca = TestCa.in(directory);
        database.execute("""
                insert into policy (name, effect, framework_principal, iam_role_arn) values
                    ('reports', 'allow', 'svc', '%s'), ('backup', 'allow', 'other', '%s')""".formatted(ASSUMABLE, REFUSED));
    }

    @AfterEach
    void stop() {
        namespace.ifPresent(NetworkNamespace::close);
        for (AutoCloseable one : new AutoCloseable[] {metadata, sts, master, database}) {
            try {
                if (one != null) {
                    one.close();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void hostWhoseRoleCanAssumeARoleOfAPolicyIsNotNaked() throws Exception {
        Map<String, String> settings = ControllerProcess.settings(database, master, sts, ca, ca.issue("dns:localhost"));
        int api = TestPort.claim();
        settings.put("QUARKUS_HTTP_PORT", String.valueOf(api));
        settings.put("MESOS_IAM_API_PLAIN_HTTP", "true");
        settings.put("MESOS_IAM_SIGN_IN_LOOPBACK_ROLES", "viewer");
        settings.put("MESOS_IAM_EXPOSURE_TRY_ROLES", "true");
        String mesosAgent = master.cluster().register(new AgentSpec("host-1", "127.0.0.1", 5051, Map.of()));
        try (HttpClient http = HttpClient.newHttpClient();
                ControllerProcess controller = ControllerProcess.start(
                        directory,
                        "controller-1",
                        Path.of(System.getProperty("mesosiam.controller.jar")),
                        List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
                        settings)) {
            controller.awaitReady();
            try (AgentProcess agent = agent(URI.create(controller.uri()), mesosAgent)) {
                URI agents = URI.create("http://127.0.0.1:" + api + "/api/v1/agents/" + mesosAgent);
                Awaitility.await("the host's role is tried")
                        .atMost(TimeLimit.seconds(60))
                        .until(() -> get(http, agents).contains("roleTrials"));

                assertThat(get(http, agents))
                        .contains("\"state\":\"not-naked\"", "\"hostRole\":\"mesos-host\"")
                        .contains("\"hostAccount\":\"111122223333\"", "\"assumable\":[\"" + ASSUMABLE + "\"]")
                        .contains("\"roleTrials\":{\"assumable\":1,\"refused\":1,\"untried\":0,");
                Awaitility.await("the audit event")
                        .atMost(TimeLimit.seconds(20))
                        .untilAsserted(() -> assertThat(database.query(
                                        "select iam_role_arn from audit_event where kind = 'host.role-assumable'"))
                                .containsExactly(ASSUMABLE));
                assertThat(sts.assumptions())
                        .filteredOn(call -> call.caller().contains("assumed-role/mesos-host/"))
                        .hasSize(2)
                        .allSatisfy(call -> {
                            assertThat(call.parameter("RoleSessionName")).hasValue("mesos-iam-host-role-trial");
                            assertThat(call.parameter("Policy")).hasValueSatisfying(policy -> assertThat(policy)
                                    .contains("\"Effect\":\"Deny\",\"Action\":\"*\""));
                        });
                assertThat(agent.log())
                        .contains("roles tried as the host's role")
                        .doesNotContain(
                                sts.instanceProfile(HOST_ROLE).secretAccessKey().substring(0, 23))
                        .doesNotContain("sandbox-session-token");
            }
        }
    }

    private AgentProcess agent(URI controller, String mesosAgent) throws Exception {
        NetworkNamespace own = new NetworkNamespace("host-role");
        namespace = Optional.of(own);
        own.sh("ip addr add 169.254.169.254/32 dev lo");
        relay(own, "169.254.169.254", 80, metadata.address());
        relay(
                own,
                "127.0.0.1",
                controller.getPort(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), controller.getPort()));
        ServerSocket https = own.in(() -> TestTls.context(ca.certificateFile(), Optional.of(ca.issue("dns:" + STS)))
                .getServerSocketFactory()
                .createServerSocket(443, 50, InetAddress.ofLiteral("127.0.0.1")));
        own.owns(new Relay(
                https,
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), sts.uri().getPort())));
        Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost\n127.0.0.1 " + STS + "\n");
        TestCa.Identity identity = ca.issue("dns:host-1");
        return AgentProcess.start(
                List.of("nsenter", "--net=" + own.path()),
                AgentProgram.underTest(),
                directory,
                Map.of(
                        "MESOS_IAM_AGENT_CONTROLLERS",
                        controller.toString(),
                        "MESOS_IAM_AGENT_CERTIFICATE",
                        identity.certificate().toString(),
                        "MESOS_IAM_AGENT_KEY",
                        identity.key().toString(),
                        "MESOS_IAM_AGENT_CA",
                        ca.certificateFile().toString(),
                        "MESOS_IAM_AGENT_HOSTNAME",
                        "host-1",
                        "MESOS_IAM_AGENT_MESOS_AGENT_ID",
                        mesosAgent,
                        "MESOS_IAM_AGENT_CGROUPS_ROOT",
                        "mesos-iam-role-trials-" + ProcessHandle.current().pid(),
                        "MESOS_IAM_AGENT_LISTEN",
                        "127.0.0.1:0"),
                List.of(
                        "-Djdk.net.hosts.file=" + hosts,
                        "-Djavax.net.ssl.trustStore=" + trustStore(),
                        "-Djavax.net.ssl.trustStorePassword=" + PASSWORD));
    }

    private static void relay(NetworkNamespace own, String address, int port, InetSocketAddress target) {
        ServerSocket listening = own.in(() -> new ServerSocket(port, 50, InetAddress.ofLiteral(address)));
        own.owns(new Relay(listening, target));
    }

    private Path trustStore() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (var in = Files.newInputStream(ca.certificateFile())) {
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        Path file = directory.resolve("trust.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    private static String get(HttpClient http, URI uri) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }
}
