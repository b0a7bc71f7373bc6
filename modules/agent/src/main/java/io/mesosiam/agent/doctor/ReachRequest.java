package io.mesosiam.agent.doctor;

import io.mesosiam.pause.Deadline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A request to an address of the metadata service, and whether the agent is the program that answers it. */
final class ReachRequest {
    private static final int MAX_ANSWER = 4096;

    /** No SDK requests this path, so doctor's requests can be recognized in the agent's log: docs/agent.md. */
    static final String PATH = "/mesos-iam-doctor";

    /** The beginning of every answer of the agent's, see docs/agent.md. */
    private static final String AGENTS = "{\"code\":";

    private ReachRequest() {}

    /**
     * What came of a request.
     *
     * @param connected whether a program listens there
     * @param text the beginning of the answer; empty if there is none
     */
    record Reply(boolean connected, String text) {}

    /**
     * Returns the answer; empty if there is none. Takes at most twice as long as the connection and each read may: a
     * container can be the server.
     */
    static String send(String address, int port, int waitMillis) {
        return reply(address, port, PATH, waitMillis).text();
    }

    static Reply reply(String address, int port, String path, int waitMillis) {
        Deadline deadline = Deadline.in(Duration.ofMillis(2L * waitMillis));
        var socket = new Socket();
        try (socket) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), waitMillis);
            socket.getOutputStream()
                    .write("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                            .formatted(path, address.contains(":") ? "[" + address + "]" : address)
                            .getBytes(StandardCharsets.US_ASCII));
            return new Reply(true, read(socket, waitMillis, deadline));
        } catch (IOException noAnswer) {
            return new Reply(socket.isConnected(), "");
        }
    }

    /** What arrives in time. Without a thread that would close the socket: it would be in the calling thread's namespace. */
    private static String read(Socket socket, int waitMillis, Deadline deadline) throws IOException {
        byte[] answer = new byte[MAX_ANSWER];
        int length = 0;
        try {
            while (length < MAX_ANSWER && !deadline.isOver()) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline.leftNanos(Duration.ofMillis(waitMillis)));
                socket.setSoTimeout((int) Math.max(1, left));
                int more = socket.getInputStream().read(answer, length, MAX_ANSWER - length);
                if (more < 0) {
                    break;
                }
                length += more;
            }
        } catch (SocketTimeoutException late) {
            // what has arrived is an answer
        }
        return new String(answer, 0, length, StandardCharsets.ISO_8859_1);
    }

    /** Whether the agent sent the answer. */
    static boolean isAgents(String answer) {
        int body = answer.indexOf("\r\n\r\n");
        return body >= 0 && isAgentsBody(answer.substring(body + 4));
    }

    /** The same for the body of an answer. */
    static boolean isAgentsBody(String body) {
        return body.startsWith(AGENTS);
    }
}
