package io.mesosiam.agent.hostrole;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.mesosiam.agent.local.HostMetadata;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** An instance metadata service over real HTTP: a token, and answers by path, which a test sets. */
public final class FakeMetadata implements AutoCloseable {
    private static final String TOKEN = "/latest/api/token";

    private final HttpServer server;
    private final Map<String, Reply> answers = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private record Reply(int status, String body) {}

    private FakeMetadata(HttpServer server) {
        this.server = server;
    }

    public static FakeMetadata start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        FakeMetadata metadata = new FakeMetadata(server);
        metadata.answer(TOKEN, 200, "a-token");
        server.createContext("/", metadata::handle);
        server.start();
        return metadata;
    }

    /** One whose host has a role, in us-east-1. */
    public static FakeMetadata withRole(String account, String role, String accessKeyId, String secret, String token)
            throws IOException {
        FakeMetadata metadata = start();
        metadata.answer(HostRole.PATH, 200, role);
        metadata.answer(
                HostRole.PROFILE_PATH,
                200,
                "{\n  \"Code\" : \"Success\",\n  \"InstanceProfileArn\" : \"arn:aws:iam::" + account
                        + ":instance-profile/" + role + "\"\n}");
        metadata.answer("/latest/meta-data/placement/region", 200, "us-east-1");
        metadata.answer(HostRole.PATH + role, 200, credentials(accessKeyId, secret, token));
        return metadata;
    }

    static String credentials(String accessKeyId, String secret, String token) {
        return """
                {"Code": "Success", "Type": "AWS-HMAC", "AccessKeyId": "%s", "SecretAccessKey": "%s", "Token": "%s",
                "Expiration": "2090-01-01T00:00:00Z"}""".formatted(accessKeyId, secret, token);
    }

    public void answer(String path, int status, String body) {
        answers.put(path, new Reply(status, body));
    }

    /** Each with its method and the token that it had. */
    public List<String> requests() {
        return requests;
    }

    public InetSocketAddress address() {
        return server.getAddress();
    }

    public HostMetadata client(int waitMillis) {
        return new HostMetadata(List.of(address()), waitMillis);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(exchange.getRequestMethod() + " " + path
                + Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token"))
                        .map(token -> " " + token)
                        .orElse(""));
        Reply reply = answers.getOrDefault(path, new Reply(404, "not found"));
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
