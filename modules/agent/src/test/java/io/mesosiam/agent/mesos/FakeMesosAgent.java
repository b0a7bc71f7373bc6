package io.mesosiam.agent.mesos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/**
 * The part of a Mesos agent's port that the agent uses. Keeps connections open on request, as libprocess does. Also a
 * program, so that the peer can be another user's process or in another cgroup.
 */
final class FakeMesosAgent implements AutoCloseable {
    /** One container, launched for no framework. */
    static final String STANDALONE = ok("""
            {"type":"GET_CONTAINERS","get_containers":{"containers":[{"container_id":{"value":"standalone-1"},\
            "container_status":{"container_id":{"value":"standalone-1"},"executor_pid":25921}}]}}""");

    private final ServerSocket server;
    private final UnaryOperator<String> answer;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Thread acceptor = Thread.ofVirtual().unstarted(this::serve);

    FakeMesosAgent(ServerSocket server, UnaryOperator<String> answer) {
        this.server = server;
        this.answer = answer;
        acceptor.start();
    }

    /** Starts one in this process. The answer is a function of a request's head. */
    static FakeMesosAgent start(UnaryOperator<String> answer) throws IOException {
        return new FakeMesosAgent(new ServerSocket(0, 0, InetAddress.getLoopbackAddress()), answer);
    }

    static String ok(String body) {
        return "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 02:45:38 GMT\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(body.getBytes(StandardCharsets.UTF_8).length, body);
    }

    int port() {
        return server.getLocalPort();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** The heads of all requests. */
    List<String> requests() {
        return requests;
    }

    private void serve() {
        try {
            while (true) {
                Socket accepted = server.accept();
                Thread.ofVirtual().start(() -> answer(accepted));
            }
        } catch (SocketException closed) {
            // closed
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(Socket accepted) {
        try (accepted) {
            var in = new BufferedReader(new InputStreamReader(accepted.getInputStream(), StandardCharsets.UTF_8));
            var head = new StringBuilder();
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                head.append(line).append('\n');
            }
            if (head.isEmpty()) {
                return;
            }
            requests.add(head.toString());
            OutputStream out = accepted.getOutputStream();
            out.write(answer.apply(head.toString()).getBytes(StandardCharsets.UTF_8));
            out.flush();
            long ignored = in.transferTo(Writer.nullWriter());
        } catch (IOException hungUp) {
            // the client closed the connection early
        }
    }

    /** Closes the port and waits for the accepting thread, because the kernel keeps a listening socket until then. */
    @Override
    public void close() throws IOException {
        server.close();
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Listens on a port until its standard input ends, then prints the number of requests. */
    public static void main(String[] arguments) throws IOException {
        var server = new ServerSocket(Integer.parseInt(arguments[0]), 0, InetAddress.getLoopbackAddress());
        var agent = new FakeMesosAgent(server, head -> STANDALONE);
        System.out.println(agent.port());
        int end = System.in.read();
        System.out.println(end + " requests " + agent.requests().size());
        agent.close();
    }
}
