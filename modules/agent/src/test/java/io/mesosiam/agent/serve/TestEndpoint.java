package io.mesosiam.agent.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.attest.ContainerAttestor;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.serve.http.ConnectionTimes;
import io.mesosiam.agent.serve.http.Listener;
import io.mesosiam.channel.wire.ControllerMessage.WireSession;
import io.mesosiam.pause.Deadline;
import io.mesosiam.secret.Secret;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The endpoint on a free port of loopback, with callers and leases that a test sets. It starts with the first request.
 */
final class TestEndpoint implements AutoCloseable {
    static final Container TASK = new Container("task", 4711);
    static final Instant NOW = Instant.parse("2089-12-31T23:59:58.7Z");
    static final String ROLE = "arn:aws:iam::123456789012:role/teams/reports";

    private static final Instant EXPIRATION = Instant.parse("2090-01-01T01:02:03.999Z");

    final Leases leases = new Leases();
    Duration hold = Duration.ofMillis(50);
    boolean requireAuthorization;
    boolean imdsV1;
    int asksPerSecond;
    Listener.Limits limits = new Listener.Limits(304, 0, ConnectionTimes.USUAL);
    URI metadataService = URI.create("http://127.0.0.1:1");
    volatile Instant now = NOW;

    /** The container of which the look-up at accept is enough for an answer. */
    volatile Optional<Attestation.Attested> accepted = Optional.empty();

    private final Queue<Attestation> next = new ArrayDeque<>();
    private Attestation attestation = new Attestation.Attested(TASK, "test");
    private CredentialEndpoint endpoint;

    static Answer.Lease lease(String containerId, String accessKeyId) {
        WireSession session =
                new WireSession(accessKeyId, Secret.of("secret/key+"), Secret.of("the/token=="), EXPIRATION);
        return new Answer.Lease(
                "lease-1", containerId, ROLE, EXPIRATION, CredentialBody.of(session, ROLE, NOW), Optional.empty());
    }

    private final class Attestor implements ContainerAttestor {
        @Override
        public Attestation attest(Caller caller, Deadline deadline) {
            deadlines.add(deadline);
            return attestation();
        }

        @Override
        public Optional<Attestation.Attested> attestAtOnce(Caller caller) {
            return accepted;
        }
    }

    /** The deadlines of all attestations. */
    final Queue<Deadline> deadlines = new ConcurrentLinkedQueue<>();

    /** Sets the result of all attestations from now on. */
    synchronized void attest(Attestation always) {
        attestation = always;
    }

    synchronized void attest(Container always) {
        attest(new Attestation.Attested(always, "test"));
    }

    /** Sets the result of the next attestation, which is used once. */
    synchronized void attestOnce(Attestation once) {
        next.add(once);
    }

    private synchronized Attestation attestation() {
        Attestation once = next.poll();
        return once == null ? attestation : once;
    }

    InetSocketAddress address() {
        if (endpoint == null) {
            EndpointSettings settings = new EndpointSettings(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    Set.of("/v2/credentials"),
                    requireAuthorization,
                    imdsV1,
                    Set.of("placement/region", "instance-id"),
                    metadataService,
                    asksPerSecond);
            InstantSource clock = () -> now;
            endpoint = new CredentialEndpoint(
                    settings, Optional.empty(), new Attestor(), leases, leases, clock, api -> hold, limits);
            endpoint.start();
        }
        return endpoint.address();
    }

    /** The endpoint's metrics. */
    String metrics() {
        Exposition exposition = new Exposition();
        endpoint.expose(exposition);
        return exposition.toString();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + address().getPort() + path);
    }

    HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    HttpResponse<String> put(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).PUT(HttpRequest.BodyPublishers.noBody());
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    /** All bytes that are received before the connection ends. */
    String raw(String request) throws IOException {
        try (Socket socket = new Socket(address().getAddress(), address().getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(ISO_8859_1));
            out.flush();
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (SocketException reset) {
            // the server discards unread input when it closes the connection
            return "";
        }
    }

    @Override
    public void close() {
        if (endpoint != null) {
            endpoint.close();
        }
    }

    /** The leases of the host, and the requests that were sent to the controller. */
    static final class Leases implements CredentialSource, LeaseRequester {
        final Queue<String> requested = new ConcurrentLinkedQueue<>();
        volatile Runnable onRequest = () -> {};
        private final Map<String, Answer> answers = new ConcurrentHashMap<>();

        synchronized void put(String containerId, String name, Answer answer) {
            answers.put(containerId + ":" + name, answer);
            notifyAll();
        }

        @Override
        public Answer find(String containerId, String name) {
            return answers.getOrDefault(containerId + ":" + name, new Answer.Nothing());
        }

        @Override
        public synchronized Answer await(String containerId, String name, Duration atMost) throws InterruptedException {
            long end = System.nanoTime() + atMost.toNanos();
            while (find(containerId, name) instanceof Answer.Nothing && System.nanoTime() < end) {
                wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            }
            return find(containerId, name);
        }

        @Override
        public void requestLease(String containerId, String name) {
            requested.add(containerId + ":" + name);
            onRequest.run();
        }
    }
}
