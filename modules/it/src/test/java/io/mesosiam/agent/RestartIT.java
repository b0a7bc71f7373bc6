package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.cgroup.CgroupVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Restarts of the agent during requests, while another process keeps the listening socket, like a systemd socket unit.
 */
class RestartIT {
    private static final AgentProgram PROGRAM = AgentProgram.underTest();
    private static final int RESTARTS = 3;

    /** Arguments: the agent's port, and the file with the processes of the other container. */
    private static final String MOVES_WITH_ITS_REQUEST = """
            exec 3<>/dev/tcp/127.0.0.1/$0
            printf 'GET /v2/credentials HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nConnection: close\\r\\n\\r\\n' >&3
            echo $$ > $1 && echo moved
            exec cat <&3
            """;

    /** Arguments: the agent's port, and the most connections; prints how many the process may not open. */
    private static final String CONNECTS = """
            use strict; use Socket;
            my ($port, $most) = @ARGV;
            my $refused = 0;
            for (1 .. $most) {
                socket(my $one, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
                connect($one, pack_sockaddr_in($port, inet_aton('127.0.0.1'))) or $!{EPERM} and $refused++;
            }
            print "$refused\\n";
            """;

    @TempDir
    private Path directory;

    @BeforeAll
    static void canHoldASocketAndMakeContainers() {
        assume("root".equals(System.getProperty("user.name")), "not root");
        assume(Files.exists(Path.of("/usr/bin/perl")), "perl is not installed");
    }

    private static void assume(boolean holds, String otherwise) {
        if (!holds) {
            System.out.println("SKIPPED: the agent restarted with a socket that is handed over: " + otherwise);
        }
        assumeTrue(holds, otherwise);
    }

    @Test
    void noConnectionIsRefusedOrLostWhileTheAgentRestarts() throws Exception {
        FreshAsks.Result result;
        try (ActivatedAgent agent = new ActivatedAgent(PROGRAM, directory, List.of())) {
            assertThat(agent.start()).isPositive();
            // connections that wait while a slow machine starts the agent stay below what one source may hold
            Process asking = agent.asks(10);
            for (int i = 0; i < RESTARTS; i++) {
                agent.awaitServing(i + 1);
                assertThat(agent.stop()).as("exit code").isZero();
                assertThat(agent.start()).isPositive();
            }
            agent.awaitServing(RESTARTS + 1);
            result = ActivatedAgent.end(asking);
        }
        // an agent that gets no lease within 0.8 s, as on a loaded machine, answers 503, which SDKs repeat;
        // RestartBenchmark counts these
        assertThat(result.failures())
                .as("of " + result.asks() + " asks")
                .allMatch(failure -> failure.contains(" 503 "));
        assertThat(result.asks()).isGreaterThan(RESTARTS);
    }

    /** On cgroups v1 they are recorded while no agent runs. */
    @Test
    void connectionsOfEachContainerStayItsOwnOverRestarts() throws Exception {
        List<FreshAsks.Result> results;
        try (ActivatedAgent agent = new ActivatedAgent(PROGRAM, directory, List.of(), 2, "")) {
            assertThat(agent.start()).isPositive();
            agent.awaitLog("endpoint listens");
            Process one = agent.asks(agent.ids().getFirst(), 10);
            Process other = agent.asks(agent.ids().getLast(), 10);
            for (int i = 0; i < 5; i++) {
                agent.awaitServing(i + 1);
                assertThat(agent.stop()).as("exit code").isZero();
                assertThat(agent.start()).isPositive();
            }
            agent.awaitServing(6);
            results = List.of(ActivatedAgent.end(one), ActivatedAgent.end(other));
            if (CgroupConfig.detect("mesos").version() == CgroupVersion.V1) {
                agent.awaitLog("records the makers of sockets continued=true.*".repeat(5));
            }
        }
        for (FreshAsks.Result result : results) {
            // 503 only while no lease arrives within 0.8 s, or a request has waited for 2 s when the agent stops, as on
            // a
            // loaded machine
            assertThat(result.failures())
                    .as("of " + result.asks() + " asks")
                    .allMatch(failure -> failure.contains(" 503 ")
                            && (failure.contains("CredentialsPending") || failure.contains("Stopping")));
            assertThat(result.asks()).isGreaterThan(5);
        }
    }

    /** As many as a container may open wait for the next agent, so that it doesn't begin with a queue of one container's. */
    @Test
    void connectionsOfAContainerAreLimitedWhileNoAgentRuns() throws Exception {
        try (ActivatedAgent agent = new ActivatedAgent(PROGRAM, directory, List.of(), 2, "")) {
            String container = agent.ids().getFirst();
            for (int i = 1; i <= 2; i++) {
                assertThat(agent.start()).isPositive();
                agent.awaitLog("endpoint listens.*".repeat(i));
                assertThat(agent.stop()).as("exit code").isZero();
                Process connecting =
                        agent.startInside(container, List.of("perl", "-e", CONNECTS, agent.port() + "", "2000"));
                assertThat(Integer.parseInt(connecting.inputReader().readLine()))
                        .as("refused after the stop of agent %d", i)
                        .isPositive();
            }
        }
    }

    /**
     * A connection that waits for the next agent belongs to the container that made it, though only a process of another
     * container holds it then.
     */
    @Test
    void connectionThatIsPassedOnDuringARestartStaysItsMakers() throws Exception {
        try (ActivatedAgent agent = new ActivatedAgent(PROGRAM, directory, List.of(), 2, "")) {
            String maker = agent.ids().getFirst();
            String holder = agent.ids().getLast();
            assertThat(agent.start()).isPositive();
            agent.awaitLog("endpoint listens");
            assertThat(agent.stop()).as("exit code").isZero();
            Process asking = agent.startInside(
                    maker,
                    List.of("bash", "-c", MOVES_WITH_ITS_REQUEST, agent.port() + "", "" + agent.processesOf(holder)));
            assertThat(asking.inputReader().readLine()).isEqualTo("moved");
            assertThat(agent.start()).isPositive();

            String answer = asking.inputReader().lines().collect(Collectors.joining("\n"));
            assertThat(answer).contains("200 OK", ActivatedAgent.role(maker));
        }
    }

    @Test
    void socketWithAnotherAddressThanConfiguredIsRefused() throws Exception {
        try (ActivatedAgent agent = new ActivatedAgent(PROGRAM, directory, List.of(), 1, "127.0.0.1:1")) {
            assertThat(agent.start()).isPositive();
            agent.awaitLog("can't listen on /127.0.0.1:1: the socket that was handed over listens on ");
        }
    }
}
