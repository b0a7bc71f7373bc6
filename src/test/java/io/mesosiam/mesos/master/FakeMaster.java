package io.mesosiam.mesos.master;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** An HTTP server that answers as a master does, or as a test requires. */
final class FakeMaster implements AutoCloseable {
    static final String ELECTED = "100.5";
    static final String EMPTY_SUBSCRIBED = """
            {"type":"SUBSCRIBED","subscribed":{"get_state":{"get_tasks":{"tasks":[]},"get_frameworks":{"frameworks":[%s]},\
            "get_agents":{"agents":[%s]}},"heartbeat_interval_seconds":15.0}}""".formatted("""
                    {"framework_info":{"id":{"value":"web"},"name":"web","user":"root","principal":"svc-web"}}""", """
                    {"agent_info":{"id":{"value":"S0"},"hostname":"h"},"pid":"slave(1)@192.0.2.1:5051","active":true}""");
    static final String TASK_ADDED = """
            {"type":"TASK_ADDED","task_added":{"task":{"name":"a","task_id":{"value":"a"},"framework_id":{"value":"web"},\
            "agent_id":{"value":"S0"},"state":"TASK_STAGING","resources":[]}}}""";

    static final String STATE_WITHOUT_TASKS = """
            {"id":"m1","elected_time":%s,"slaves":[{"id":"S0","hostname":"h",\
            "pid":"slave(1)@192.0.2.1:5051","active":true}],"frameworks":[{"id":"web","name":"web","user":"root",\
            "principal":"svc-web","tasks":[]}],"completed_frameworks":[]}""".formatted(ELECTED);

    private static final String NO_TASKS = """
            {"master/tasks_staging":0.0,"master/tasks_starting":0.0,"master/tasks_running":0.0,\
            "master/tasks_killing":0.0,"master/tasks_unreachable":0.0}""";
    private static final byte[] END = new byte[0];

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<BlockingQueue<byte[]>> streams = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile String firstRecord = EMPTY_SUBSCRIBED;

    FakeMaster() {
        this(plain());
    }

    FakeMaster(HttpServer server) {
        this.server = server;
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
        answers("/redirect", 307, "");
        answers("/flags", 200, """
                {"flags":{"authenticate_frameworks":"true","authenticate_http_frameworks":"true","authenticate_agents":"true"}}""");
        answers("/metrics/snapshot", 200, NO_TASKS);
        answers("/state", 200, STATE_WITHOUT_TASKS);
        answers.put("/api/v1", this::api);
    }

    /** Answers of one server; not stored in exchange attributes, because all exchanges of a server share these. */
    private interface Answer {
        void give(HttpExchange exchange, String body) throws IOException;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Requests so far, as {@code METHOD /path authorization body}. */
    List<String> requests() {
        return requests;
    }

    void answers(String path, int status, String body) {
        does(path, exchange -> {
            if (status == 307) {
                String location = body.isEmpty() ? "//127.0.0.1:" + port() : body;
                exchange.getResponseHeaders().set("Location", location);
            }
            send(exchange, status, status == 307 ? "" : body);
        });
    }

    void does(String path, HttpHandler handler) {
        answers.put(path, (exchange, body) -> handler.handle(exchange));
    }

    void firstRecord(String json) {
        firstRecord = json;
    }

    /** Writes a record to the newest stream. */
    void emit(String json) {
        emitRaw(record(json));
    }

    void emitRaw(String bytes) {
        streams.getLast().add(bytes.getBytes(StandardCharsets.UTF_8));
    }

    void endStream() {
        streams.getLast().add(END);
    }

    int subscriptions() {
        return streams.size();
    }

    static String record(String json) {
        return json.getBytes(StandardCharsets.UTF_8).length + "\n" + json;
    }

    @Override
    public void close() {
        streams.forEach(stream -> stream.add(END));
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(String.join(
                " ",
                exchange.getRequestMethod(),
                path,
                String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")),
                body));
        Answer answer = answers.get(path);
        if (answer == null) {
            send(exchange, 404, "404 Not Found.");
        } else {
            answer.give(exchange, body);
        }
    }

    private void api(HttpExchange exchange, String body) throws IOException {
        if (body.contains("GET_MASTER")) {
            send(
                    exchange,
                    200,
                    "{\"type\":\"GET_MASTER\",\"get_master\":{\"master_info\":{\"id\":\"m1\"},\"elected_time\":%s}}"
                            .formatted(ELECTED));
            return;
        }
        BlockingQueue<byte[]> stream = new LinkedBlockingQueue<>();
        stream.add(record(firstRecord).getBytes(StandardCharsets.UTF_8));
        streams.add(stream);
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            for (byte[] next = stream.take(); next != END; next = stream.take()) {
                out.write(next);
                out.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private static HttpServer plain() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
