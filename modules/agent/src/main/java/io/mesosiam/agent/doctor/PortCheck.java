package io.mesosiam.agent.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;

/** Does an agent answer where the rules lead to? That somebody listens says little: systemd does, with no agent behind it. */
public record PortCheck(int port) implements Check {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int CONNECT_MILLIS = 1000;

    /** An agent that is just restarted reads what waits for it after 5 s at the latest. */
    private static final int ANSWER_MILLIS = 6000;

    @Override
    public List<Finding> findings() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(LOOPBACK), port), CONNECT_MILLIS);
        } catch (IOException e) {
            return List.of(Finding.failure(
                    "port",
                    "nobody listens on %d: every ask is refused".formatted(port),
                    "start the agent; if it says that the address is taken, give it another MESOS_IAM_AGENT_LISTEN"));
        }
        var answer = ReachCheck.ask(LOOPBACK, port, ANSWER_MILLIS);
        if (ReachCheck.isAgents(answer)) {
            return List.of(Finding.ok("port", "the agent answers on %d".formatted(port)));
        }
        return List.of(
                answer.isEmpty()
                        ? Finding.failure(
                                "port",
                                "%d is listened on, but nobody answers: every ask waits".formatted(port),
                                "see why the agent doesn't run: systemctl status mesos-iam-agent, and its log")
                        : Finding.failure(
                                "port",
                                "somebody else than the agent answers on %d".formatted(port),
                                "end it, or give the agent another MESOS_IAM_AGENT_LISTEN"));
    }
}
