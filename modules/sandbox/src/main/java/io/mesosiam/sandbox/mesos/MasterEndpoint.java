package io.mesosiam.sandbox.mesos;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.mesosiam.sandbox.cluster.ClusterView;
import io.mesosiam.sandbox.cluster.SandboxCluster;
import io.mesosiam.sandbox.mesos.SandboxMaster.Standing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The HTTP interface of the master: authenticates and routes requests, and answers or refuses them with the texts of
 * Mesos.
 */
final class MasterEndpoint implements HttpHandler {
    private static final Set<String> OPEN = Set.of("/health", "/version", "/redirect");
    private static final Set<String> STATEFUL = Set.of("/state", "/slaves", "/api/v1");
    private static final int LONGEST_CALL = 1024 * 1024;

    private final MasterSetup setup;
    private final Advertised self;
    private final SandboxCluster cluster;
    private final MasterAccess access;
    private final MasterFlags flags;
    private final Supplier<Standing> standing;
    private final ObjectMapper mapper = new ObjectMapper();

    MasterEndpoint(
            MasterSetup setup,
            Advertised self,
            SandboxCluster cluster,
            MasterAccess access,
            Supplier<Standing> standing) {
        this.setup = setup;
        this.self = self;
        this.cluster = cluster;
        this.access = access;
        this.flags = new MasterFlags(setup, self);
        this.standing = standing;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.startsWith("/master/")) {
            path = path.substring("/master".length());
        }
        try {
            answer(exchange, path);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        // not closed after a failure: that would end a chunked body as if it were complete
        exchange.close();
    }

    private void answer(HttpExchange exchange, String path) throws IOException, InterruptedException {
        Optional<String> principal =
                access.principal(exchange.getRequestHeaders().getFirst("Authorization"));
        Standing now = standing.get();
        if (principal.isEmpty() && !OPEN.contains(path)) {
            String realm = path.equals("/api/v1") ? "mesos-master-readwrite" : "mesos-master-readonly";
            exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"" + realm + "\"");
            text(exchange, 401, "401 Unauthorized.");
        } else if (path.equals("/redirect")) {
            redirect(exchange, now);
        } else if (STATEFUL.contains(path) && now.unavailable().isPresent()) {
            text(exchange, 503, now.unavailable().get());
        } else if (STATEFUL.contains(path) && now instanceof Standing.Following(String leader)) {
            String query = Optional.ofNullable(exchange.getRequestURI().getRawQuery())
                    .map("?"::concat)
                    .orElse("");
            location(exchange, "//" + leader + "/master" + path + query);
        } else {
            respond(exchange, path, principal.orElse(MasterAccess.UNAUTHENTICATED));
        }
    }

    private void redirect(HttpExchange exchange, Standing now) throws IOException {
        switch (now) {
            case Standing.Leading(), Standing.Recovering() -> location(exchange, self.location());
            case Standing.Electing() -> text(exchange, 503, now.unavailable().orElseThrow());
            case Standing.Following(String leader) -> location(exchange, "//" + leader);
        }
    }

    private void respond(HttpExchange exchange, String path, String principal)
            throws IOException, InterruptedException {
        switch (path) {
            case "/health" -> exchange.sendResponseHeaders(200, -1);
            case "/version" -> json(exchange, json -> MesosJson.object(json, () -> StateJson.version(json)));
            case "/state" -> json(exchange, json -> new StateJson(json).state(view(principal), self, flags(principal)));
            case "/slaves" -> json(exchange, json -> new StateJson(json).slaves(view(principal)));
            case "/flags" -> restricted(exchange, principal, flags::snapshot);
            case "/metrics/snapshot" -> restricted(exchange, principal, metrics()::snapshot);
            case "/api/v1" -> call(exchange, principal);
            default -> text(exchange, 404, "404 Not Found.");
        }
    }

    private void call(HttpExchange exchange, String principal) throws IOException, InterruptedException {
        String method = exchange.getRequestMethod();
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        List<String> accept = exchange.getRequestHeaders().getOrDefault("Accept", List.of("*/*"));
        if (!method.equals("POST")) {
            exchange.getResponseHeaders().set("Allow", "POST");
            text(exchange, 405, "405 Method Not Allowed. Expecting one of { 'POST' }, but received '" + method + "'.");
        } else if (type == null) {
            text(exchange, 400, "Expecting 'Content-Type' to be present");
        } else if (!type.startsWith("application/json")) {
            text(exchange, 415, "Expecting 'Content-Type' of application/json or application/x-protobuf");
        } else if (accept.stream().noneMatch(a -> a.contains("application/json") || a.contains("*/*"))) {
            text(exchange, 406, "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'");
        } else {
            call(exchange, principal, body(exchange));
        }
    }

    private void call(HttpExchange exchange, String principal, String body) throws IOException, InterruptedException {
        JsonNode call;
        try {
            call = mapper.readTree(body);
        } catch (JsonProcessingException broken) {
            String near = body.strip().replaceFirst("^[{\\[]", "");
            text(exchange, 400, "Failed to parse body into JSON: syntax error at line 1 near: " + near);
            return;
        }
        switch (call.path("type").asText("")) {
            case "SUBSCRIBE" -> stream(exchange, principal);
            case "GET_MASTER" ->
                json(exchange, json -> new OperatorJson(json)
                        .getMaster(cluster.view().term(), self));
            case "GET_STATE" -> json(exchange, json -> new OperatorJson(json).getState(view(principal)));
            case "GET_FLAGS" -> restricted(exchange, principal, flags::call);
            case "GET_METRICS" -> {
                if (call.has("get_metrics")) {
                    json(exchange, metrics()::call);
                } else {
                    invalid(exchange, "get_metrics");
                }
            }
            default -> invalid(exchange, "type");
        }
    }

    private void stream(HttpExchange exchange, String principal) throws IOException, InterruptedException {
        var stream = new EventStream(setup.heartbeat(), access.viewsFrameworks(principal));
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        cluster.subscribe(stream);
        try {
            stream.writeTo(exchange.getResponseBody());
        } finally {
            cluster.unsubscribe(stream);
        }
        // a master that stops does not end its chunked body: it drops the connection, as the server does after this
        throw new IOException("the master is gone");
    }

    private ClusterView view(String principal) {
        ClusterView whole = cluster.view();
        return access.viewsFrameworks(principal) ? whole : whole.withoutFrameworks();
    }

    private Map<String, String> flags(String principal) {
        return access.getsEndpoints(principal) ? flags.values() : Map.of();
    }

    private MasterMetrics metrics() {
        return new MasterMetrics(cluster.view(), setup.clock().instant());
    }

    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private void restricted(HttpExchange exchange, String principal, Body body) throws IOException {
        if (access.getsEndpoints(principal)) {
            json(exchange, body);
        } else {
            text(exchange, 403, "403 Forbidden.");
        }
    }

    private static void json(HttpExchange exchange, Body body) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = MesosJson.FACTORY.createGenerator(bytes)) {
            body.write(json);
        }
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.size());
        bytes.writeTo(exchange.getResponseBody());
    }

    private static void invalid(HttpExchange exchange, String field) throws IOException {
        text(exchange, 400, "Failed to validate master::Call: Expecting '" + field + "' to be present");
    }

    private static void location(HttpExchange exchange, String location) throws IOException {
        exchange.getResponseHeaders().set("Location", location);
        exchange.sendResponseHeaders(307, -1);
    }

    private static void text(HttpExchange exchange, int status, String message) throws IOException {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static String body(HttpExchange exchange) throws IOException {
        try (InputStream in = exchange.getRequestBody()) {
            return new String(in.readNBytes(LONGEST_CALL), StandardCharsets.UTF_8);
        }
    }
}
