package io.mesosiam.agent.doctor;

import io.mesosiam.agent.kernel.Libc;
import io.mesosiam.agent.redirect.ServedAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Checks which program answers a container's request to the instance metadata service. It sends a request from the
 * network of each container that has its own: packets may bypass installed rules.
 */
public record ReachCheck(Path proc, String cgroupsRoot) implements Check {
    private static final String METADATA = "169.254.169.254";
    private static final int WAIT_MILLIS = 1000;
    private static final int MAX_ANSWER = 4096;

    /** No SDK requests this path, so doctor's requests can be recognized in the agent's log: docs/agent.md. */
    static final String PATH = "/mesos-iam-doctor";

    /** The most networks that are tried. The containers of one network give the same result. */
    private static final int MAX_TRIED = 16;

    /** The beginning of every answer of the agent's, see docs/agent.md. */
    private static final String AGENTS = "{\"code\":";

    @Override
    public List<Finding> findings() {
        try {
            var findings = new ArrayList<Finding>();
            var tried = new HashSet<Path>(Set.of(network("self")));
            for (var process : TaskProcesses.find(proc, cgroupsRoot).entrySet()) {
                var pid = Long.toString(process.getValue());
                if (tried.size() <= MAX_TRIED && tried.add(network(pid))) {
                    findings.add(tried(process.getKey(), proc.resolve(pid).resolve("ns/net")));
                }
            }
            return findings.isEmpty()
                    ? List.of(Finding.ok("reach", "no container has its own network: nothing to test"))
                    : findings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path network(String process) throws IOException {
        return Files.readSymbolicLink(proc.resolve(process).resolve("ns/net"));
    }

    private static Finding tried(String container, Path network) {
        // a thread that has entered a container's namespace is never reused
        var attempt = new FutureTask<>(() -> {
            int descriptor = Libc.open(network.toString());
            try {
                Libc.enterNetworkNamespace(descriptor);
            } finally {
                Libc.close(descriptor);
            }
            return request(METADATA, ServedAddress.PORT, WAIT_MILLIS);
        });
        Thread.ofPlatform().name("mesos-iam-reach").daemon().start(attempt);
        try {
            return finding(container, attempt.get());
        } catch (ExecutionException e) {
            return Finding.warning(
                    "reach",
                    "container %s: its network can't be entered: %s".formatted(container, e.getCause()),
                    "run this with SYS_ADMIN and SYS_PTRACE");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Finding.warning("reach", "interrupted", "try again");
        }
    }

    /** Returns the answer; empty if there is none. */
    static String request(String address, int port, int waitMillis) {
        try (var socket = new Socket()) {
            socket.setSoTimeout(waitMillis);
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), waitMillis);
            socket.getOutputStream()
                    .write("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                            .formatted(PATH, address)
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

    static Finding finding(String container, String answer) {
        if (answer.isEmpty()) {
            return Finding.ok("reach", "container %s: no answer at %s".formatted(container, METADATA));
        }
        return isAgents(answer)
                ? Finding.ok("reach", "container %s: the agent answers at %s".formatted(container, METADATA))
                : Finding.failure(
                        "reach",
                        "container %s: another program than the agent answers at %s, and may return credentials of the host's role"
                                .formatted(container, METADATA),
                        "see rules and network; block the address where that network leaves the host");
    }
}
