package io.mesosiam.agent.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

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

    /** Returns the answer; empty if there is none. */
    static String send(String address, int port, int waitMillis) {
        return reply(address, port, PATH, waitMillis).text();
    }

    static Reply reply(String address, int port, String path, int waitMillis) {
        var socket = new Socket();
        try (socket) {
            socket.setSoTimeout(waitMillis);
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), waitMillis);
            socket.getOutputStream()
                    .write("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                            .formatted(path, address.contains(":") ? "[" + address + "]" : address)
                            .getBytes(StandardCharsets.US_ASCII));
            return new Reply(
                    true, new String(socket.getInputStream().readNBytes(MAX_ANSWER), StandardCharsets.ISO_8859_1));
        } catch (IOException noAnswer) {
            return new Reply(socket.isConnected(), "");
        }
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
