package io.mesosiam.mesos.master;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.mesosiam.fakes.HttpFaults;
import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.cluster.FrameworkSpec;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The sandbox's master with one framework, one Mesos agent and no tasks, and the faults that a test requires: other
 * answers for a path, and records that are written to the operator stream and that no listing contains.
 */
final class FaultyMaster implements AutoCloseable {
    private static final Instant STARTED = Instant.ofEpochSecond(100);

    private final HttpFaults faults = new HttpFaults();
    private final List<FaultyStream> streams = new CopyOnWriteArrayList<>();
    private final SandboxMaster master;
    private final int port;
    private final String framework;
    private final String agent;
    private volatile Optional<String> firstRecord = Optional.empty();
    private volatile Runnable beforeStreams = () -> {};

    FaultyMaster() {
        this(plain());
    }

    FaultyMaster(HttpServer server) {
        faults.on("/api/v1", this::call);
        port = server.getAddress().getPort();
        master = SandboxMaster.start(
                MasterSetup.plain().enforcingPrincipals().withClock(() -> STARTED), server, List.of(faults));
        agent = master.cluster().register(new AgentSpec("h", "192.0.2.1", 5051, Map.of()));
        framework = master.cluster().subscribe(new FrameworkSpec("web", "svc-web", "root", List.of("*"), true, true));
    }

    /** The sandbox's master, for faults that it can produce itself. */
    SandboxMaster sandbox() {
        return master;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    int port() {
        return port;
    }

    /** The term of this master, as it writes it. */
    Leader leader() {
        return new Leader(master.cluster().leaderId(), "100.005000");
    }

    /** The key of a task of the framework on the Mesos agent. */
    TaskKey key(String task) {
        return new TaskKey(new FrameworkId(framework), new TaskId(task), new MesosAgentId(agent));
    }

    /** Requests so far, as {@code METHOD /path authorization body}. */
    List<String> requests() {
        return faults.requests().stream()
                .map(request -> String.join(
                        " ",
                        request.method(),
                        request.path(),
                        request.authorization().orElse("null"),
                        request.body()))
                .toList();
    }

    /** Answers further requests for a path; for 307, {@code body} is the Location. */
    void answers(String path, int status, String body) {
        faults.answers(path, status, body);
    }

    /** Gives further requests for a path to {@code answer}. */
    void on(String path, HttpFaults.Answer answer) {
        faults.on(path, answer);
    }

    /** Answers further requests for a path as a master does. */
    void clear(String path) {
        faults.clear(path);
    }

    /** Begins further streams with this record instead of SUBSCRIBED. */
    void firstRecord(String json) {
        firstRecord = Optional.of(json);
    }

    /** Runs this before each further stream is answered. */
    void beforeStreams(Runnable action) {
        beforeStreams = action;
    }

    /** Writes TASK_ADDED to the newest stream, of a task that the master doesn't list. */
    void addTask(String task) {
        emit("""
                {"type":"TASK_ADDED","task_added":{"task":{"name":"%1$s","task_id":{"value":"%1$s"},"framework_id":{"value":"%2$s"},\
                "agent_id":{"value":"%3$s"},"state":"TASK_STAGING","resources":[]}}}""".formatted(task, framework, agent));
    }

    /** Writes TASK_UPDATED to the newest stream. {@code status} are further fields of the status. */
    void updateTask(String task, String state, String status) {
        emit("""
                {"new":1,"type":"TASK_UPDATED","task_updated":{"framework_id":{"value":"%2$s"},"state":"%4$s","status":{\
                "task_id":{"value":"%1$s"},"agent_id":{"value":"%3$s"},%5$s}}}""".formatted(task, framework, agent, state, status));
    }

    /** Writes a record to the newest stream. */
    void emit(String json) {
        emitRaw(FaultyStream.record(json));
    }

    /** Writes bytes to the newest stream. */
    void emitRaw(String bytes) {
        streams.getLast().inject(bytes.getBytes(StandardCharsets.UTF_8));
    }

    /** Ends the newest stream as a complete response. */
    void endStream() {
        streams.getLast().end();
    }

    int subscriptions() {
        return streams.size();
    }

    @Override
    public void close() {
        master.close();
    }

    private void call(HttpExchange exchange, HttpFaults.Request request, HttpHandler own) throws IOException {
        if (request.body().contains("SUBSCRIBE")) {
            beforeStreams.run();
            var stream = new FaultyStream(exchange.getResponseBody(), firstRecord);
            exchange.setStreams(null, stream);
            streams.add(stream);
        }
        own.handle(exchange);
    }

    private static HttpServer plain() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
