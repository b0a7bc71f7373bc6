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
 * A Mesos agent's port as far as we ask it. Keeps connections open, as libprocess does when it is asked to. Also a program of its own, so
 * that another user, or another cgroup, can be at the other end.
 */
final class FakeMesosAgent implements AutoCloseable {
    /** One container, launched for no framework. */
    static final String STANDALONE = ok("""
            {"type":"GET_CONTAINERS","get_containers":{"containers":[{"container_id":{"value":"standalone-1"},\
            "container_status":{"container_id":{"value":"standalone-1"},"executor_pid":25921}}]}}""");

    private final ServerSocket server;
    private final UnaryOperator<String> answer;
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final Thread acceptor = Thread.ofVirtual().unstarted(this::serve);

    FakeMesosAgent(ServerSocket server, UnaryOperator<String> answer) {
        this.server = server;
        this.answer = answer;
        acceptor.start();
    }

    /** In this process. The answer is made from a request's head. */
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
    List<String> heard() {
        return heard;
    }

    private void serve() {
        try {
            while (true) {
                Socket accepted = server.accept();
                Thread.ofVirtual().start(() -> answer(accepted));
            }
        } catch (SocketException closed) {
            // it is over
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
            heard.add(head.toString());
            OutputStream out = accepted.getOutputStream();
            out.write(answer.apply(head.toString()).getBytes(StandardCharsets.UTF_8));
            out.flush();
            long ignored = in.transferTo(Writer.nullWriter());
        } catch (IOException hungUp) {
            // whoever asked had enough
        }
    }

    /** The port is closed afterwards. The kernel keeps a listening socket until the thread that accepts on it is done. */
    @Override
    public void close() throws IOException {
        server.close();
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Listens on a port until its input ends, and says what it heard. */
    public static void main(String[] arguments) throws IOException {
        var server = new ServerSocket(Integer.parseInt(arguments[0]), 0, InetAddress.getLoopbackAddress());
        var agent = new FakeMesosAgent(server, head -> STANDALONE);
        System.out.println(agent.port());
        int end = System.in.read();
        System.out.println(end + " heard " + agent.heard().size());
        agent.close();
    }
}
