package io.mesosiam.agent.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;

/** Does anybody listen where the rules lead to? */
public record PortCheck(int port) implements Check {
    private static final int WAIT_MILLIS = 1000;

    @Override
    public List<Finding> findings() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), WAIT_MILLIS);
            return List.of(Finding.ok("port", "%d is listened on".formatted(port)));
        } catch (IOException e) {
            return List.of(Finding.failure(
                    "port",
                    "nobody listens on %d: every ask is refused".formatted(port),
                    "start the agent; if it says that the address is taken, give it another MESOS_IAM_AGENT_LISTEN"));
        }
    }
}
