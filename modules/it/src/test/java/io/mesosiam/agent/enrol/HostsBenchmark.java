package io.mesosiam.agent.enrol;

import io.mesosiam.agent.config.JoinToken;
import io.mesosiam.agent.config.RootPin;
import io.mesosiam.channel.wire.AgentMessage.CertificateRequest;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.Certificate;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.controller.ControllerProcess;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TestTls;
import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * The controller jar while hosts enrol with the agent's own code, as fast as they can, and then renew their certificates over their
 * streams. Arguments: the jar, hosts, renewals of each. The controller answers a stream once a second: with too few hosts for a
 * round of renewals to take that long, requests are dropped, and count as failed after a minute.
 */
public final class HostsBenchmark {
    private static final int AT_ONCE = 8;
    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Of each host in a day: at half of 24 h. */
    private static final int RENEWALS_A_DAY = 2;

    private final Path directory;
    private final TestDatabase database;
    private final SandboxMaster master;
    private final int port = TestPort.claim();
    private final Map<String, IssuedHost> hosts = new ConcurrentHashMap<>();

    /** A host with its certificate. */
    private record IssuedHost(String mesosAgentId, TestCa.Identity identity) {}

    private HostsBenchmark(Path directory, TestDatabase database, SandboxMaster master) {
        this.directory = directory;
        this.database = database;
        this.master = master;
    }

    public static void main(String... arguments) throws Exception {
        try (TestDatabase database = TestPostgres.database();
                SandboxMaster master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
                SandboxSts sts = SandboxSts.start()) {
            new HostsBenchmark(Files.createTempDirectory("mesos-iam-hosts"), database, master)
                    .run(Path.of(arguments[0]), sts, Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        }
    }

    private void run(Path jar, SandboxSts sts, int count, int renewals) throws Exception {
        System.setProperty("mesosiam.controller.jar", jar.toString());
        Map<String, String> settings = settings(sts);
        try (ControllerProcess controller =
                ControllerProcess.start(directory, "controller-1", jar, List.of("-Xmx512m"), settings)) {
            controller.awaitReady();
            RootPin pin = pin();
            enrol(
                    "warming up",
                    controller,
                    pin,
                    IntStream.range(0, 200)
                            .mapToObj(i -> "warm-" + i + ".example")
                            .toList(),
                    false);
            enrol(
                    "each with its own token",
                    controller,
                    pin,
                    IntStream.range(0, count)
                            .mapToObj(i -> "host-" + i + ".example")
                            .toList(),
                    false);
            enrol(
                    "one token for a pattern",
                    controller,
                    pin,
                    IntStream.range(0, count)
                            .mapToObj(i -> "web-" + i + ".hosts.example")
                            .toList(),
                    true);
            renew(controller, count, renewals);
        }
    }

    private Map<String, String> settings(SandboxSts sts) throws Exception {
        TestCa unused = TestCa.in(Files.createDirectory(directory.resolve("unused")));
        Map<String, String> settings =
                new HashMap<>(ControllerProcess.settings(database, master, sts, unused, unused.issue("dns:localhost")));
        settings.remove("MESOS_IAM_CHANNEL_CA_FILE");
        settings.putAll(Map.of(
                "MESOS_IAM_CHANNEL_CERTIFICATE_FILE", file("controller.pem"),
                "MESOS_IAM_CHANNEL_KEY_FILE", file("controller.key"),
                "MESOS_IAM_ENROL_KEY_FILE", file("enrol.key"),
                "MESOS_IAM_ENROL_HOST", "127.0.0.1",
                "MESOS_IAM_ENROL_PORT", String.valueOf(port),
                "MESOS_IAM_ENROL_REQUESTS_PER_MINUTE", "1000000",
                "MESOS_IAM_ENROL_REQUESTS_PER_SECOND", "1000000"));
        Files.writeString(directory.resolve("passphrase"), "correct horse battery\n");
        String unusedOutput = ControllerProcess.ca(
                directory,
                settings,
                "init",
                "--root-file=" + file("root.pem"),
                "--passphrase-file=" + file("passphrase"));
        unusedOutput = ControllerProcess.ca(
                directory,
                settings,
                "controller",
                "--name=localhost",
                "--certificate-file=" + file("controller.pem"),
                "--tls-key-file=" + file("controller.key"));
        return settings;
    }

    private RootPin pin() throws Exception {
        byte[] key = root().getFirst().getPublicKey().getEncoded();
        return RootPin.of(MessageDigest.getInstance("SHA-256").digest(key));
    }

    /** The file has the encrypted key, too. */
    private List<X509Certificate> root() throws Exception {
        String text = Files.readString(directory.resolve("root.pem"));
        return Pem.certificates("root.pem", text.substring(text.indexOf(BEGIN), text.indexOf(END) + END.length()));
    }

    private void enrol(String what, ControllerProcess controller, RootPin pin, List<String> names, boolean pattern)
            throws Exception {
        Map<String, JoinToken> tokens = new HashMap<>();
        if (pattern) {
            JoinToken token = token(pin, "*.hosts.example", names.size());
            names.forEach(name -> tokens.put(name, token));
        } else {
            names.forEach(name -> tokens.put(name, token(pin, name, 1)));
        }
        Map<String, KeyPair> keys = new HashMap<>();
        names.forEach(name -> keys.put(name, SigningRequest.newKey()));
        FirstCertificate first = new FirstCertificate(InstantSource.system(), LIMIT);
        AtomicInteger failed = new AtomicInteger();
        Used before = used(controller);
        long begin = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (String name : names) {
                var unused = threads.submit(() -> {
                    KeyPair key = keys.get(name);
                    Attempt attempt = first.request(
                            URI.create("https://localhost:" + port),
                            Proof.of(tokens.get(name)),
                            HostName.of(name),
                            key);
                    if (attempt instanceof Attempt.Issued(IssuedCertificate issued)) {
                        hosts.put(name, stored(name, key, issued));
                    } else {
                        failed.incrementAndGet();
                        System.out.println(attempt);
                    }
                    return null;
                });
            }
        }
        print("enrolments, " + what, names.size(), failed.get(), System.nanoTime() - begin, before, used(controller));
    }

    private JoinToken token(RootPin pin, String hostname, int uses) {
        UUID id = UUID.randomUUID();
        String hexadecimal = id.toString().replace("-", "");
        String secret = hexadecimal + "s".repeat(11);
        database.execute("insert into join_token (id, hash, hostname, uses, expires_at) values ('" + id + "', sha256('"
                + secret + "'), '" + hostname + "', " + uses + ", now() + interval '1 day')");
        return JoinToken.parse("mij_" + hexadecimal + "_" + secret + "_" + pin);
    }

    private IssuedHost stored(String name, KeyPair key, IssuedCertificate issued) throws Exception {
        TestCa.Identity identity = new TestCa.Identity(
                Files.writeString(directory.resolve(name + ".pem"), Pem.text(issued.chain())),
                Files.writeString(
                        directory.resolve(name + ".key"),
                        Pem.text("PRIVATE KEY", key.getPrivate().getEncoded())));
        return new IssuedHost(master.cluster().register(new AgentSpec(name, "127.0.0.1", 5051, Map.of())), identity);
    }

    private void renew(ControllerProcess controller, int count, int renewals) throws Exception {
        Path roots = Files.writeString(directory.resolve("roots.pem"), Pem.text(root()));
        List<HostStream> streams = new ArrayList<>();
        for (String name : hosts.keySet().stream()
                .filter(it -> it.startsWith("host-"))
                .limit(count)
                .toList()) {
            IssuedHost host = hosts.get(name);
            HostStream stream = new HostStream(
                    name, URI.create(controller.uri()), TestTls.context(roots, Optional.of(host.identity())));
            stream.send(new Hello(Protocol.VERSION, "1.0", name, host.mesosAgentId(), List.of(), List.of()));
            ControllerMessage answer = stream.answer(LIMIT);
            if (!(answer instanceof Sync)) {
                throw new AssertionError(name + ": " + answer);
            }
            streams.add(stream);
        }
        AtomicInteger failed = new AtomicInteger();
        Used before = used(controller);
        long begin = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (int i = 0; i < renewals; i++) {
                var unused = threads.invokeAll(streams.stream()
                        .<Callable<Void>>map(stream -> () -> {
                            stream.send(new CertificateRequest(
                                    SigningRequest.pem(HostName.of(stream.name()), SigningRequest.newKey())));
                            if (!(stream.answer(LIMIT) instanceof Certificate)) {
                                failed.incrementAndGet();
                            }
                            return null;
                        })
                        .toList());
            }
        }
        Used after = used(controller);
        int all = streams.size() * renewals;
        print(
                "renewals over " + streams.size() + " streams",
                all,
                failed.get(),
                System.nanoTime() - begin,
                before,
                after);
        double each = after.controller().minus(before.controller()).toNanos() / 1e9 / all;
        System.out.printf(
                "5,000 hosts that renew %d times a day: %.0f s of the controller's CPU a day%n",
                RENEWALS_A_DAY, each * 5000 * RENEWALS_A_DAY);
        streams.forEach(HostStream::close);
    }

    private static void print(String what, int count, int failed, long nanos, Used before, Used after) {
        System.out.printf(
                "%-55s %5d, %d failed; %.0f/s; CPU each: controller %.2f ms, PostgreSQL %.2f ms%n",
                what,
                count,
                failed,
                count / (nanos / 1e9),
                after.controller().minus(before.controller()).toNanos() / 1e6 / count,
                after.postgres().minus(before.postgres()).toNanos() / 1e6 / count);
    }

    /** CPU time. */
    private record Used(Duration controller, Duration postgres) {}

    private Used used(ControllerProcess controller) {
        long backend = Long.parseLong(database.query("select pg_backend_pid()").getFirst());
        ProcessHandle server =
                ProcessHandle.of(backend).flatMap(ProcessHandle::parent).orElseThrow();
        return new Used(
                cpu(ProcessHandle.of(controller.pid()).orElseThrow()),
                server.children().map(HostsBenchmark::cpu).reduce(Duration.ZERO, Duration::plus));
    }

    private static Duration cpu(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }
}
