package io.mesosiam.sandbox.mesos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.NoSuchElementException;

/**
 * Control endpoint for other processes of the sandbox: {@code POST /sandbox/operations} on a separate loopback port,
 * protected by a token, changes the cluster of a master.
 */
public final class MasterControl implements AutoCloseable {
    static final String PATH = "/sandbox/operations";

    private static final int LONGEST = 64 * 1024;

    private final ObjectMapper mapper = new ObjectMapper();
    private final SandboxMaster master;
    private final byte[] authorization;
    private final HttpServer server;

    private MasterControl(SandboxMaster master, String token) throws IOException {
        this.master = master;
        this.authorization = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(PATH, this::handle);
    }

    /** Starts a control endpoint for a master. */
    public static MasterControl start(SandboxMaster master, String token) throws IOException {
        var control = new MasterControl(master, token);
        control.server.start();
        return control;
    }

    /** The URI for operations. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + PATH);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String authorized = exchange.getRequestHeaders().getFirst("Authorization");
            if (authorized == null
                    || !MessageDigest.isEqual(authorization, authorized.getBytes(StandardCharsets.UTF_8))) {
                answer(exchange, 401, "the sandbox's token is required");
                return;
            }
            try (InputStream in = exchange.getRequestBody()) {
                Operation operation = mapper.readValue(in.readNBytes(LONGEST), Operation.class);
                answer(exchange, 200, operation.applyTo(master));
            } catch (JsonProcessingException | NoSuchElementException e) {
                answer(exchange, 400, String.valueOf(e.getMessage()));
            }
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
