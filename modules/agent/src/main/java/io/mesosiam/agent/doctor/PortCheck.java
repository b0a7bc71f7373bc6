package io.mesosiam.agent.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;

/**
 * Checks whether an agent answers on the port that the rules redirect to. A listening socket is not enough: systemd's
 * listens even without an agent.
 */
public record PortCheck(int port, Place place) implements Check {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int CONNECT_MILLIS = 1000;

    /** Milliseconds. A restarted agent reads waiting requests after 5 s at the latest. */
    private static final int ANSWER_MILLIS = 6000;

    @Override
    public List<Finding> findings() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(LOOPBACK), port), CONNECT_MILLIS);
        } catch (IOException e) {
            return List.of(
                    Finding.failure(
                            "port",
                            "no program listens on %d: every request is refused".formatted(port),
                            "start the agent; if it reports that the address is in use, give it another MESOS_IAM_AGENT_LISTEN"));
        }
        var answer = ReachRequest.send(LOOPBACK, port, ANSWER_MILLIS);
        if (ReachRequest.isAgents(answer)) {
            return List.of(Finding.ok("port", "the agent answers on %d".formatted(port)));
        }
        return List.of(
                answer.isEmpty()
                        ? Finding.failure(
                                "port",
                                "a socket listens on %d, but no program answers: every request waits".formatted(port),
                                place.cure(
                                        "see why the agent doesn't run: systemctl status mesos-iam-agent, and its log",
                                        "see why the agent doesn't run: the state of its container, and its log"))
                        : Finding.failure(
                                "port",
                                "another program than the agent answers on %d".formatted(port),
                                "stop it, or give the agent another MESOS_IAM_AGENT_LISTEN"));
    }
}
