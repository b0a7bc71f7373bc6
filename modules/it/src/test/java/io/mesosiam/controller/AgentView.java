package io.mesosiam.controller;

import io.mesosiam.agent.AgentProcess;
import io.mesosiam.agent.AgentProgram;
import io.mesosiam.agent.AgentSettings;
import io.mesosiam.agent.attest.MesosGroups;
import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** An agent as a separate process, and the state of its stream according to its metrics. */
final class AgentView implements AutoCloseable {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
    private static final Pattern LEASES = Pattern.compile("^mesosiam_agent_leases ([0-9]+)$", Pattern.MULTILINE);
    private static final Pattern UNSYNCED =
            Pattern.compile("^mesosiam_agent_controller_unsynced_seconds ([0-9.eE-]+)$", Pattern.MULTILINE);

    private final AgentProcess process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor();
    private final HttpRequest metrics;

    /** Where its host's containers are, as it is configured. */
    private final String cgroupRoot;

    private final List<Process> containers = new ArrayList<>();
    private Optional<MesosGroups> groups = Optional.empty();

    private AgentView(AgentProcess process, String cgroupRoot) throws Exception {
        this.process = process;
        this.cgroupRoot = cgroupRoot;
        this.metrics = HttpRequest.newBuilder(process.metrics())
                .timeout(TimeLimit.seconds(10))
                .build();
    }

    /** Starts an agent that connects to these controllers and finds no Mesos container on its host. */
    static AgentView start(Path directory, TestCa ca, String hostname, String mesosAgentId, String controllers)
            throws Exception {
        return start(
                directory,
                ca,
                ca.issue("dns:" + hostname),
                Map.of(
                        "MESOS_IAM_AGENT_CONTROLLERS", controllers,
                        "MESOS_IAM_AGENT_HOSTNAME", hostname,
                        "MESOS_IAM_AGENT_MESOS_AGENT_ID", mesosAgentId));
    }

    /** Starts an agent with this certificate and these settings, which finds no Mesos container on its host. */
    static AgentView start(Path directory, TestCa ca, TestCa.Identity identity, Map<String, String> settings)
            throws Exception {
        Path cgroups = Files.createTempDirectory(directory, "host");
        Map<String, String> all = new HashMap<>(settings);
        all.put("MESOS_IAM_AGENT_LISTEN", "127.0.0.1:0");
        all.put("MESOS_IAM_AGENT_METRICS_LISTEN", "127.0.0.1:0");
        String root = "mesos-iam-" + cgroups.getFileName();
        return new AgentView(
                AgentProcess.start(AgentProgram.underTest(), directory, AgentSettings.of(ca, identity, root, all)),
                root);
    }

    /** Starts a container on the agent's host: a process in a cgroup, which needs root. */
    void runContainer(String id) throws IOException {
        if (groups.isEmpty()) {
            groups = Optional.of(new MesosGroups(CgroupConfig.detect(cgroupRoot)));
        }
        Process process = new ProcessBuilder("sleep", "3600").start();
        containers.add(process);
        Files.writeString(groups.get().groupOf(id).resolve("cgroup.procs"), Long.toString(process.pid()));
    }

    /** The longest time so far without a stream that is in step with its controller. */
    static final class Gap {
        private final ScheduledFuture<?> looking;
        private double longest;

        private Gap(AgentView agent) {
            looking = agent.looks.scheduleAtFixedRate(
                    () -> add(agent.unsynced()), 0, BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
        }

        private synchronized void add(double seconds) {
            longest = Math.max(longest, seconds);
        }

        /** Stops polling. */
        synchronized Duration end() {
            looking.cancel(false);
            return Duration.ofMillis((long) (longest * 1000));
        }
    }

    /** Starts to poll the state of the stream. */
    Gap gap() {
        return new Gap(this);
    }

    int leases() {
        return (int) metric(LEASES);
    }

    /** Waits until the agent is in step with a controller and has that many leases. */
    void awaitLeases(int wanted) {
        Awaitility.await(wanted + " leases")
                .atMost(TimeLimit.seconds(20))
                .pollInterval(BETWEEN_LOOKS)
                .until(() -> unsynced() == 0 && leases() == wanted);
    }

    String log() {
        try {
            return process.log();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Seconds since the last stream that was in step; negative before the first one. */
    private double unsynced() {
        return metric(UNSYNCED);
    }

    private double metric(Pattern line) {
        try {
            Matcher found =
                    line.matcher(http.send(metrics, BodyHandlers.ofString()).body());
            return found.find() ? Double.parseDouble(found.group(1)) : -1;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        for (Process container : containers) {
            container.destroyForcibly().onExit().join();
        }
        groups.ifPresent(MesosGroups::close);
        looks.shutdownNow();
        process.close();
        http.close();
    }
}
