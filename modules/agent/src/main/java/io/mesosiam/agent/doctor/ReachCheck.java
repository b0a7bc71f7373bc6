package io.mesosiam.agent.doctor;

import io.mesosiam.agent.doctor.ContainerReach.Answer;
import io.mesosiam.agent.doctor.ContainerReach.Tried;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Checks which program answers a container's request to the instance metadata service. */
public record ReachCheck(Path proc, String cgroupsRoot) implements Check {
    private static final int MAX_ANSWER = 4096;

    /** No SDK requests this path, so doctor's requests can be recognized in the agent's log: docs/agent.md. */
    static final String PATH = "/mesos-iam-doctor";

    /** The beginning of every answer of the agent's, see docs/agent.md. */
    private static final String AGENTS = "{\"code\":";

    @Override
    public List<Finding> findings() {
        try {
            ContainerReach.Result result = new ContainerReach(proc, cgroupsRoot).tried();
            List<Finding> findings = new ArrayList<>(
                    result.tried().stream().map(ReachCheck::finding).toList());
            if (result.leftOut() > 0) {
                findings.add(Finding.ok("reach", result.leftOut() + " more networks were not tried"));
            }
            return findings.isEmpty()
                    ? List.of(Finding.ok("reach", "no container has its own network: nothing to test"))
                    : findings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the answer; empty if there is none. */
    static String request(String address, int port, int waitMillis) {
        try (var socket = new Socket()) {
            socket.setSoTimeout(waitMillis);
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), waitMillis);
            socket.getOutputStream()
                    .write("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                            .formatted(PATH, address.contains(":") ? "[" + address + "]" : address)
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(MAX_ANSWER), StandardCharsets.ISO_8859_1);
        } catch (IOException noAnswer) {
            return "";
        }
    }

    /** Whether the agent sent the answer. */
    static boolean isAgents(String answer) {
        int body = answer.indexOf("\r\n\r\n");
        return body >= 0 && answer.startsWith(AGENTS, body + 4);
    }

    static Finding finding(Tried tried) {
        String container = "container " + tried.container();
        return switch (tried.answer()) {
            case Answer.Nothing _ -> Finding.ok("reach", container + ": no answer at " + tried.address());
            case Answer.Agent _ -> Finding.ok("reach", container + ": the agent answers at " + tried.address());
            case Answer.OtherProgram _ ->
                Finding.failure(
                        "reach",
                        container + ": another program than the agent answers at " + tried.address()
                                + ", and may return credentials of the host's role",
                        "see rules and network; block the address where that network leaves the host");
            case Answer.NotTried(String reason) ->
                Finding.warning(
                        "reach",
                        container + ": its network can't be entered: " + reason,
                        "run this with SYS_ADMIN and SYS_PTRACE");
        };
    }
}
