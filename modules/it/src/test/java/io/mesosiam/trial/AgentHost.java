package io.mesosiam.trial;

import io.mesosiam.agent.AgentProgram;
import io.mesosiam.agent.AgentSettings;
import io.mesosiam.agent.SocketUnit;
import io.mesosiam.agent.attest.MesosGroups;
import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestPort;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * A host with a real agent, whose listening socket the service manager keeps, and real containers: each is a cgroup in Mesos's layout with a
 * process that requests credentials twice a second. Requires root.
 */
final class AgentHost implements TrialHost {
    /** Prints the body of each answer in one line. As botocore does, it tries three times, and waits 2 s each time. */
    private static final String ASKS = """
            use strict; use IO::Socket::INET; $| = 1;
            sub ask {
                my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $ARGV[0], Timeout => 2) or return 'no connection';
                my $answer = '';
                eval {
                    local $SIG{ALRM} = sub { die };
                    alarm 2;
                    print $socket "GET /v2/credentials HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nConnection: close\\r\\n\\r\\n";
                    local $/; $answer = <$socket>;
                    alarm 0; 1;
                } or return 'no answer in 2 s';
                return $answer ? (split /\\r\\n\\r\\n/, $answer, 2)[1] : 'closed without an answer';
            }
            while (1) {
                my $body;
                for (1 .. 3) {
                    $body = ask();
                    last if $body =~ /AccessKeyId/;
                }
                $body =~ s/\\s+/ /g;
                print "$body\\n";
                select undef, undef, undef, 0.5;
            }
            """;

    private static final String ENTER = "echo $$ > \"$0\" && exec \"$@\"";

    private final String mesosAgentId;
    private final BiConsumer<TrialTask, Reply> answers;
    private final List<String> through;
    private final MesosGroups groups;
    private final SocketUnit unit;
    private final Path log;
    private final int port = TestPort.claim();
    private final Map<String, Process> containers = new ConcurrentHashMap<>();
    private volatile long agent;

    /**
     * @param logs the directory for its log
     * @param through a command that becomes the agent, and the processes of its containers, for example after it has entered a network namespace
     * @param more settings of the agent
     */
    AgentHost(
            AgentProgram program,
            Path logs,
            TestCa ca,
            String hostname,
            String mesosAgentId,
            String controllers,
            List<String> through,
            Map<String, String> more,
            BiConsumer<TrialTask, Reply> answers)
            throws IOException {
        this.mesosAgentId = mesosAgentId;
        this.answers = answers;
        this.through = through;
        String cgroups = "mesos-iam-trial-" + ProcessHandle.current().pid() + "-" + hostname;
        groups = new MesosGroups(CgroupConfig.detect(cgroups));
        log = Files.createTempFile(logs, hostname + "-", ".log");
        Map<String, String> settings = new HashMap<>(Map.of(
                "MESOS_IAM_AGENT_CONTROLLERS", controllers,
                "MESOS_IAM_AGENT_HOSTNAME", hostname,
                "MESOS_IAM_AGENT_MESOS_AGENT_ID", mesosAgentId,
                "MESOS_IAM_AGENT_METRICS_LISTEN", "off",
                "MESOS_IAM_AGENT_LISTEN", "0.0.0.0:" + port));
        settings.putAll(more);
        unit = SocketUnit.listen(
                through,
                port,
                log,
                program.command(List.of()),
                AgentSettings.of(ca, ca.issue("dns:" + hostname), cgroups, settings));
        agent = unit.start();
    }

    @Override
    public String mesosAgentId() {
        return mesosAgentId;
    }

    @Override
    public void start(TrialTask task) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", ENTER, processesOf(task)));
        command.addAll(through);
        command.addAll(List.of("perl", "-e", ASKS, String.valueOf(port)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        containers.put(task.container(), process);
        Thread unused = Thread.startVirtualThread(() -> read(task, process));
    }

    private void read(TrialTask task, Process process) {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answers.accept(task, Replies.parse(line));
            }
        } catch (IOException e) {
            // the container has ended
        }
    }

    @Override
    public void end(TrialTask task) {
        Process process = containers.remove(task.container());
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }

    private String processesOf(TrialTask task) {
        return groups.groupOf(task.container()).resolve("cgroup.procs").toString();
    }

    /** The process of the agent. */
    long agent() {
        return agent;
    }

    void killAgent() {
        unit.kill();
    }

    void stopAgent() {
        long unused = unit.stop();
    }

    void startAgent() {
        agent = unit.start();
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() throws IOException {
        unit.close();
        for (Process process : containers.values()) {
            process.destroyForcibly().onExit().join();
        }
        groups.close();
    }
}
