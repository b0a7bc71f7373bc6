package io.mesosiam.agent;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.enrol.EnrollingAgent;
import io.mesosiam.agent.link.FakeController;
import io.mesosiam.channel.wire.AgentMessage.CertificateRequest;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.sandbox.process.JavaProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An enrolled agent while a real container sends requests on 200 new connections a second: without renewals of its certificate,
 * and with one every 8 to 12 seconds. Arguments: the agent's jar or image, seconds of each. Requires root and a cgroup hierarchy.
 */
public final class RotationBenchmark {
    private static final int PER_SECOND = 200;
    private static final Duration SETTLE = Duration.ofSeconds(5);

    private RotationBenchmark() {}

    public static void main(String... arguments) throws Exception {
        System.setProperty("mesosiam.agent.program", arguments[0]);
        int seconds = Integer.parseInt(arguments[1]);
        for (int round = 0; round < 2; round++) {
            measure("no renewal", Duration.ofDays(1), seconds);
            measure("renewals", Duration.ofSeconds(20), seconds);
        }
    }

    private static void measure(String what, Duration lifetime, int seconds) throws Exception {
        Path directory = Files.createTempDirectory("mesos-iam-rotation");
        String cgroup = "mesos-iam-rotation-" + ProcessHandle.current().pid();
        int port = TestPort.claim();
        AtomicInteger renewals = new AtomicInteger();
        try (BenchmarkContainers containers = new BenchmarkContainers(CgroupConfig.detect(cgroup), 1);
                EnrollingAgent host = new EnrollingAgent(directory, lifetime)) {
            Thread.ofVirtual().start(() -> serve(host, containers.ids(), renewals));
            Map<String, String> settings = host.settings();
            settings.put("MESOS_IAM_AGENT_CGROUPS_ROOT", cgroup);
            settings.put("MESOS_IAM_AGENT_LISTEN", "127.0.0.1:" + port);
            try (AgentProcess agent = AgentProcess.start(AgentProgram.underTest(), directory, settings)) {
                var unused = asks(containers, port, 20, (int) SETTLE.toSeconds());
                int before = renewals.get();
                FreshAsks.Result result = asks(containers, port, PER_SECOND, seconds);
                System.out.printf(
                        "%-12s renewals=%d asks=%d failed=%d p50-ms=%d p99-ms=%d max-ms=%d %s%n",
                        what,
                        renewals.get() - before,
                        result.asks(),
                        result.failures().size(),
                        result.p50Millis(),
                        result.p99Millis(),
                        result.maxMillis(),
                        result.failures().stream().distinct().toList());
                int ignored = agent.stop();
            }
        } finally {
            AgentBenchmark.delete(directory);
        }
    }

    private static FreshAsks.Result asks(BenchmarkContainers containers, int port, int perSecond, int seconds)
            throws Exception {
        Process asking = containers.startInside(List.of(
                JavaProgram.java(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                FreshAsks.class.getName(),
                String.valueOf(port),
                String.valueOf(perSecond),
                String.valueOf(perSecond * seconds)));
        var unused = asking.inputReader().readLine();
        return FreshAsks.Result.parse(asking.inputReader().readLine());
    }

    /** Answers as a controller does: leases for the containers, and each certificate that is requested. */
    private static void serve(EnrollingAgent host, List<String> containers, AtomicInteger renewals) {
        try {
            FakeController.Connection stream = host.controller().accept();
            var unused = stream.next(Hello.class);
            stream.send(
                    new Sync(1, containers.stream().map(ActivatedAgent::lease).toList()));
            while (true) {
                // acknowledgements and reports need no answer
                if (stream.take() instanceof CertificateRequest request) {
                    stream.send(host.renewed(request));
                    renewals.incrementAndGet();
                }
            }
        } catch (Exception | AssertionError e) {
            // the agent has ended
        }
    }
}
