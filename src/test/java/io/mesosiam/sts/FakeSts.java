package io.mesosiam.sts;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An STS on the loopback interface that speaks the AWS query protocol and answers every AssumeRole as configured. */
public final class FakeSts implements AutoCloseable {
    public static final String KEY_ID = "ASIAFAKE00000000TEST";
    public static final String SECRET_KEY = "fake-secret-access-key-that-opens-nothing";
    public static final String TOKEN = "fake-session-token-that-opens-nothing";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Map<String, String>> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Answer answer = issues(Instant.now().plusSeconds(3600));

    public FakeSts() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    /** The answer to a request. An implementation can block to delay it. */
    @FunctionalInterface
    public interface Answer {
        Reply reply() throws InterruptedException;
    }

    /** One HTTP response. */
    public record Reply(int status, String body) {}

    public static Answer issues(Instant expiration) {
        return issues(KEY_ID, SECRET_KEY, TOKEN, "<Expiration>" + expiration + "</Expiration>");
    }

    public static Answer issues(String keyId, String secretKey, String token, String expirationElement) {
        return says(200, """
                <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>\
                <AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey><SessionToken>%s</SessionToken>%s\
                </Credentials></AssumeRoleResult><ResponseMetadata><RequestId>fake-1</RequestId></ResponseMetadata>\
                </AssumeRoleResponse>""".formatted(keyId, secretKey, token, expirationElement));
    }

    public static Answer fails(int status, String code, String message) {
        return says(status, """
                <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>\
                <Code>%s</Code><Message>%s</Message></Error><RequestId>fake-2</RequestId></ErrorResponse>""".formatted(code, message));
    }

    public static Answer says(int status, String body) {
        return () -> new Reply(status, body);
    }

    /** The same answer, delayed until the latch is open. */
    public static Answer heldBack(CountDownLatch until, Answer answer) {
        return () -> {
            until.await();
            return answer.reply();
        };
    }

    /** No answer during the fake's lifetime. */
    public Answer never() {
        return heldBack(closing, says(500, ""));
    }

    public void answer(Answer next) {
        answer = next;
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The form fields of every request so far, oldest first. */
    public List<Map<String, String>> requests() {
        return List.copyOf(requests);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add(fields(form));
            Reply reply = answer.reply();
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/xml");
            exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Map<String, String> fields(String form) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String pair : form.split("&", -1)) {
            int equals = pair.indexOf('=');
            fields.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
        }
        return fields;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
