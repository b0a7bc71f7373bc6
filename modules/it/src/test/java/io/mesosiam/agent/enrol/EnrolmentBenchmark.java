package io.mesosiam.agent.enrol;

import io.mesosiam.agent.AgentProcess;
import io.mesosiam.agent.AgentProgram;
import io.mesosiam.agent.link.FakeController;
import io.mesosiam.channel.wire.AgentMessage.CertificateRequest;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * The memory that enrolment costs an agent: RSS with a certificate of the site's own, after a start with a stored
 * certificate, after enrolment, and after a renewal. Argument: rounds.
 */
public final class EnrolmentBenchmark {
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+([0-9]+) kB");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private EnrolmentBenchmark() {}

    public static void main(String... arguments) throws Exception {
        List<List<Double>> measured = new ArrayList<>();
        for (int round = 0; round < Integer.parseInt(arguments[0]); round++) {
            measured.add(round());
        }
        List<String> names = List.of("own certificate", "stored certificate", "enrolled", "renewed");
        for (int i = 0; i < names.size(); i++) {
            int column = i;
            double[] all =
                    measured.stream().mapToDouble(it -> it.get(column)).sorted().toArray();
            System.out.printf(
                    "%s: RSS %.1f MiB (%.1f to %.1f, %d rounds)%n",
                    names.get(i), all[all.length / 2], all[0], all[all.length - 1], all.length);
        }
    }

    private static List<Double> round() throws Exception {
        Path directory = Files.createTempDirectory("mesos-iam-enrolment");
        double enrolled;
        double renewed;
        try (EnrollingAgent host = new EnrollingAgent(directory, Duration.ofSeconds(20));
                AgentProcess agent = host.start()) {
            FakeController.Connection stream = greeted(host.controller);
            enrolled = resident(agent);
            stream.send(host.renewed(stream.next(CertificateRequest.class)));
            Awaitility.await().atMost(LIMIT).until(() -> agent.log().contains("certificate renewed"));
            renewed = resident(agent);
        }
        directory = Files.createTempDirectory("mesos-iam-enrolment");
        try (EnrollingAgent host = new EnrollingAgent(directory, Duration.ofDays(1))) {
            try (AgentProcess first = host.start()) {
                greeted(host.controller);
                first.stop();
            }
            double stored = start(host, host.settings());
            Map<String, String> own = host.settings();
            List.of("ENROL", "JOIN_TOKEN_FILE", "STATE").forEach(name -> own.remove("MESOS_IAM_AGENT_" + name));
            own.put("MESOS_IAM_AGENT_CERTIFICATE", host.state + "/current/certificate.pem");
            own.put("MESOS_IAM_AGENT_KEY", host.state + "/current/key.pem");
            own.put("MESOS_IAM_AGENT_CA", host.state + "/current/authorities.pem");
            return List.of(start(host, own), stored, enrolled, renewed);
        }
    }

    private static double start(EnrollingAgent host, Map<String, String> settings) throws Exception {
        Path directory = Files.createTempDirectory("mesos-iam-enrolment");
        try (AgentProcess agent = AgentProcess.start(AgentProgram.underTest(), directory, settings)) {
            greeted(host.controller);
            return resident(agent);
        }
    }

    private static FakeController.Connection greeted(FakeController controller) throws Exception {
        FakeController.Connection agent = controller.accept();
        agent.next(Hello.class);
        agent.send(new Sync(1, List.of()));
        return agent;
    }

    /** Of an agent that serves, three seconds later. */
    private static double resident(AgentProcess agent) throws Exception {
        agent.metrics();
        Thread.sleep(3000);
        Matcher found = RESIDENT.matcher(Files.readString(Path.of("/proc/" + agent.pid() + "/status")));
        if (!found.find()) {
            throw new AssertionError("no RSS of the agent");
        }
        return Integer.parseInt(found.group(1)) / 1024.0;
    }
}
