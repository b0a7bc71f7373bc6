package io.mesosiam.controller;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** An OpenID Connect provider with one key, whose answers can be too large or no JSON, or wait. */
final class FaultyProvider implements AutoCloseable {
    /** What it answers a request for its keys. */
    enum Keys {
        GOOD,
        OF_50_MB,
        NO_JSON
    }

    private final KeyPair key;
    private final HttpServer server;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile CountDownLatch open = new CountDownLatch(0);
    private volatile Keys keys;

    private FaultyProvider(KeyPair key, HttpServer server, Keys keys) {
        this.key = key;
        this.server = server;
        this.keys = keys;
    }

    static FaultyProvider start(Keys keys) throws IOException, GeneralSecurityException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        FaultyProvider provider =
                new FaultyProvider(KeyPairGenerator.getInstance("RSA").generateKeyPair(), server, keys);
        Executor threads = task -> Thread.ofVirtual().start(task);
        server.setExecutor(threads);
        server.createContext("/", provider::answer);
        server.start();
        return provider;
    }

    URI issuer() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** From now on requests wait. */
    void hang() {
        open = new CountDownLatch(1);
    }

    /** Answers those that wait, and from now on each. */
    void answer(Keys next) {
        keys = next;
        open.countDown();
    }

    /** The requests until now. */
    int requests() {
        return requests.get();
    }

    /** A token for an audience. */
    String token(String audience) throws GeneralSecurityException {
        long now = Instant.now().getEpochSecond();
        String content = base64("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"k\"}") + "."
                + base64("{\"iss\":\"" + issuer() + "\",\"sub\":\"joe\",\"aud\":\"" + audience
                        + "\",\"groups\":[],\"iat\":" + now
                        + ",\"exp\":" + (now + 600) + "}");
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(key.getPrivate());
        signature.update(content.getBytes(StandardCharsets.UTF_8));
        return content + "." + base64(signature.sign());
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        try (exchange) {
            open.await();
            byte[] body = exchange.getRequestURI().getPath().endsWith("/keys") ? keySet() : endpoints();
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private byte[] endpoints() {
        return """
                {"issuer": "%1$s", "jwks_uri": "%1$s/keys", "token_endpoint": "%1$s/token",
                 "authorization_endpoint": "%1$s/auth"}""".formatted(issuer()).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] keySet() {
        RSAPublicKey rsa = (RSAPublicKey) key.getPublic();
        byte[] set = """
                {"keys": [{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "k", "n": "%s", "e": "%s"}]}""".formatted(number(rsa.getModulus()), number(rsa.getPublicExponent()))
                .getBytes(StandardCharsets.UTF_8);
        return switch (keys) {
            case GOOD -> set;
            case NO_JSON -> "keys".getBytes(StandardCharsets.UTF_8);
            case OF_50_MB -> {
                byte[] padded = new byte[50_000_000];
                Arrays.fill(padded, (byte) ' ');
                System.arraycopy(set, 0, padded, 0, set.length);
                yield padded;
            }
        };
    }

    private static String number(BigInteger value) {
        byte[] bytes = value.toByteArray();
        return base64(bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }

    private static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public void close() {
        open.countDown();
        server.stop(0);
    }
}
