package io.mesosiam.trial;

import java.time.Duration;
import java.util.List;

/** Agents that end, and come back; their listening sockets stay with the service manager. */
final class AgentFaults {
    private static final int TIMES = 5;

    static final List<Trial> TRIALS = List.of(
            new Trial(
                    "agent-kill",
                    "agents of two hosts: SIGKILL, started again at once, 5 times",
                    Requirement.ROOT,
                    site -> {
                        for (int i = 0; i < TIMES; i++) {
                            for (AgentHost host : site.agentHosts()) {
                                host.killAgent();
                                host.startAgent();
                            }
                            Thread.sleep(Duration.ofSeconds(4));
                        }
                    }),
            new Trial(
                    "agent-term",
                    "agents of two hosts: SIGTERM, started again at once, 5 times",
                    Requirement.ROOT,
                    site -> {
                        for (int i = 0; i < TIMES; i++) {
                            for (AgentHost host : site.agentHosts()) {
                                host.stopAgent();
                                host.startAgent();
                            }
                            Thread.sleep(Duration.ofSeconds(4));
                        }
                    }),
            new Trial(
                    "agent-upgrade",
                    "agents of two hosts: SIGTERM of an earlier build's, this one is started at once",
                    Requirement.EARLIER_AGENT,
                    setup -> setup.firstAgent(Requirement.earlierAgent().orElseThrow()),
                    site -> {
                        site.upgradeAgents();
                        for (AgentHost host : site.agentHosts()) {
                            host.stopAgent();
                            host.startAgent();
                        }
                        Thread.sleep(Duration.ofSeconds(10));
                    }),
            new Trial("agent-frozen", "agents of two hosts read nothing for 60 s (SIGSTOP)", Requirement.ROOT, site -> {
                for (AgentHost host : site.agentHosts()) {
                    Commands.run("kill", "-STOP", String.valueOf(host.agent()));
                }
                Thread.sleep(Duration.ofSeconds(60));
                for (AgentHost host : site.agentHosts()) {
                    Commands.run("kill", "-CONT", String.valueOf(host.agent()));
                }
            }));

    private AgentFaults() {}
}
