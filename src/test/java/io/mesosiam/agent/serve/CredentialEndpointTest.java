package io.mesosiam.agent.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Container;
import io.mesosiam.channel.wire.ControllerMessage.WireSession;
import io.mesosiam.secret.Secret;
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
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.core.SdkSystemSetting;

class CredentialEndpointTest {
    private static final Container TASK = new Container("task", 4711);
    private static final Instant EXPIRATION = Instant.parse("2090-01-01T01:02:03.999Z");
    private static final String ROLE = "arn:aws:iam::123456789012:role/reports";

    private final Leases leases = new Leases();
    private final Queue<Attestation> attestations = new ArrayDeque<>();
    private Attestation attestation = new Attestation.Attested(TASK, "test");
    private Duration hold = Duration.ofMillis(50);
    private CredentialEndpoint endpoint;

    @AfterEach
    void stop() {
        if (endpoint != null) {
            endpoint.close();
        }
    }

    @Test
    void aLeaseIsAnsweredInTheFormThatSdksExpect() throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        HttpResponse<String> response = get("/v2/credentials");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().allValues("Content-Type")).containsExactly("application/json");
        assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
        JsonNode json = new ObjectMapper().readTree(response.body());
        assertThat(json.size()).isEqualTo(6);
        assertThat(json.get("AccessKeyId").textValue()).isEqualTo("ASIAEXAMPLE");
        assertThat(json.get("SecretAccessKey").textValue()).isEqualTo("secret/key+");
        assertThat(json.get("Token").textValue()).isEqualTo("the/token==");
        assertThat(json.get("Expiration").textValue()).isEqualTo("2090-01-01T01:02:03Z");
        assertThat(json.get("RoleArn").textValue()).isEqualTo(ROLE);
        assertThat(json.get("AccountId").textValue()).isEqualTo("123456789012");
    }

    @Test
    void theOfficialSdkReadsItsRolesKeys() {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));
        start();
        String setting = SdkSystemSetting.AWS_CONTAINER_CREDENTIALS_FULL_URI.property();
        System.setProperty(setting, uri("/v2/credentials").toString());
        try (ContainerCredentialsProvider provider = ContainerCredentialsProvider.create()) {
            assertThat(provider.resolveCredentials())
                    .isInstanceOfSatisfying(AwsSessionCredentials.class, credentials -> {
                        assertThat(credentials.accessKeyId()).isEqualTo("ASIAEXAMPLE");
                        assertThat(credentials.secretAccessKey()).isEqualTo("secret/key+");
                        assertThat(credentials.sessionToken()).isEqualTo("the/token==");
                        assertThat(credentials.expirationTime()).hasValue(Instant.parse("2090-01-01T01:02:03Z"));
                    });
        } finally {
            System.clearProperty(setting);
        }
    }

    @Test
    void credentialsWithANameHaveAPathOfTheirOwn() throws Exception {
        leases.put("task", "default", lease("task", "ASIADEFAULT"));
        leases.put("task", "reports-2", lease("task", "ASIAREPORTS"));

        assertThat(get("/v2/credentials").body()).contains("ASIADEFAULT");
        assertThat(get("/v2/credentials/reports-2").body()).contains("ASIAREPORTS");
        assertThat(get("/v2/credentials/default?anything").body()).contains("ASIADEFAULT");
    }

    @Test
    void aRefusalIsAnsweredAtOnceInTheFormThatGoShows() throws Exception {
        hold = Duration.ofMinutes(10);
        leases.put("task", "default", new Answer.Refusal("NoPolicy", "no policy matches \"this\" task"));

        HttpResponse<String> response = get("/v2/credentials");

        assertThat(response.headers().allValues("Content-Type")).containsExactly("application/json");
        assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
        assertError(response, 403, "NoPolicy", "no policy matches \"this\" task");
        assertThat(leases.asked).isEmpty();
    }

    @Test
    void aProcessOfNoTaskIsRefusedAtOnceAndToldWhy() throws Exception {
        hold = Duration.ofMinutes(10);
        attestation = new Attestation.NoContainer("group /system.slice");

        assertError(get("/v2/credentials"), 403, "UnknownCaller", "this process runs in no Mesos task on this host");
    }

    @Test
    void whoeverCouldBeTwoIsRefused() throws Exception {
        attestation = new Attestation.Ambiguous("a and b");

        assertError(
                get("/v2/credentials"),
                403,
                "AmbiguousCaller",
                "more than one Mesos task on this host could be asking");
    }

    @Test
    void whatIsNotHereYetIsAskedForAndThen503() throws Exception {
        HttpResponse<String> response = get("/v2/credentials/reports");

        assertError(response, 503, "CredentialsPending", "the credentials of this task are not here yet");
        assertThat(response.headers().firstValue("Retry-After")).isEmpty();
        assertThat(leases.asked).containsExactly("task:reports");
    }

    @Test
    void anAskThatWaitsIsAnsweredAsSoonAsItsLeaseComes() throws Exception {
        hold = Duration.ofMinutes(10);
        leases.onAsk = () -> leases.put("task", "default", lease("task", "ASIALATE"));

        assertThat(get("/v2/credentials").body()).contains("ASIALATE");
    }

    @Test
    void whoeverIsAnotherByTheTimeOfTheAnswerGetsNothing() throws Exception {
        hold = Duration.ofMinutes(10);
        leases.onAsk = () -> leases.put("task", "default", lease("task", "ASIALATE"));
        attestations.add(new Attestation.Attested(TASK, "test"));
        attestation = new Attestation.Attested(new Container("task", TASK.startTicks() + 1), "test");

        assertError(get("/v2/credentials"), 503, "AttestationPending", "the asking task changed while it waited");
    }

    @Test
    void aCallerThatTheKernelDoesNotKnowYetIsTriedAgain() throws Exception {
        hold = Duration.ofMinutes(10);
        attestations.add(new Attestation.Unknown("no such socket"));
        attestations.add(new Attestation.Unknown("no such socket"));
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(get("/v2/credentials").statusCode()).isEqualTo(200);
    }

    @Test
    void aCallerThatStaysUnknownGets503() throws Exception {
        attestation = new Attestation.Unknown("no such socket");

        assertError(get("/v2/credentials"), 503, "AttestationPending", "which task is asking isn't known yet");
    }

    @Test
    void aLeaseThatHasJustEndedIsNotServed() throws Exception {
        Answer.Lease lease = lease("task", "ASIAEXAMPLE");
        leases.put("task", "default", lease);
        lease.body().destroy();

        HttpResponse<String> response = get("/v2/credentials");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).doesNotContain("\0");
    }

    @Test
    void aContainerThatAsksTooMuchMakesOnlyItselfWait() throws Exception {
        hold = Duration.ofMinutes(10);
        CountDownLatch asks = new CountDownLatch(32);
        leases.onAsk = asks::countDown;
        start();
        HttpClient client = HttpClient.newHttpClient();
        for (int i = 0; i < 32; i++) {
            var ignored = client.sendAsync(request("/v2/credentials"), HttpResponse.BodyHandlers.ofString());
        }
        asks.await();

        assertError(get("/v2/credentials"), 503, "TooManyAsks", "too many asks of this task are waiting already");
        attestation = new Attestation.Attested(new Container("other", 1), "test");
        leases.put("other", "default", lease("other", "ASIAOTHER"));
        assertThat(get("/v2/credentials").statusCode()).isEqualTo(200);
        client.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v2",
                "/v2/credentials/",
                "/v2/credentials/UPPER",
                "/v2/credentials/a/b",
                "/latest/meta-data"
            })
    void anotherPathIs404(String path) throws Exception {
        assertError(get(path), 404, "NotFound", "no credentials are served at this path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
    void anotherMethodIs405(String method) throws Exception {
        HttpResponse<String> response = send(HttpRequest.newBuilder(uri("/v2/credentials"))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build());

        assertError(response, 405, "MethodNotAllowed", "credentials are asked for by GET");
        assertThat(response.headers().allValues("Allow")).containsExactly("GET");
    }

    @Test
    void aHeadIs405WithoutABody() throws Exception {
        assertThat(raw("HEAD /v2/credentials HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 405 ")
                .endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:80", "127.0.0.1:1234", "169.254.170.2", "[::1]:51679"})
    void theEndpointsOwnNamesAreAllowed(String host) throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(raw("GET /v2/credentials HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .contains("ASIAEXAMPLE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v2/credentials HTTP/1.1\r\nHost: rebound.example\r\n\r\n",
                "GET /v2/credentials HTTP/1.1\r\nHost: localhost.example\r\n\r\n",
                "GET /v2/credentials HTTP/1.1\r\nHost: localhost:80:80\r\n\r\n",
                "GET /v2/credentials HTTP/1.1\r\nHost:\r\n\r\n",
                "GET /v2/credentials HTTP/1.1\r\n\r\n",
                "GET /v2/credentials HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
                "GET http://localhost/v2/credentials HTTP/1.1\r\nHost: localhost\r\n\r\n",
            })
    void anyOtherHostIsRefused(String request) throws Exception {
        assertThat(raw(request)).startsWith("HTTP/1.1 403 ").contains("\"code\":\"WrongHost\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"X-Forwarded-For: 10.0.0.1", "x-forwarded-host: a", "Forwarded: for=10.0.0.1", "Via: 1.1 proxy"})
    void whatCameThroughAProxyIsRefused(String header) throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(raw("GET /v2/credentials HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ")
                .contains("\"code\":\"Forwarded\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 3\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"})
    void aBodyIsRefused(String rest) throws Exception {
        assertThat(raw("GET /v2/credentials HTTP/1.1\r\nHost: localhost\r\n" + rest))
                .startsWith("HTTP/1.1 413 ")
                .contains("\"code\":\"BodyNotAllowed\"");
    }

    @Test
    void hugeHeadersEndTheConnection() throws Exception {
        assertThat(raw("GET /v2/credentials HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
                .doesNotContain("HTTP/1.1 200");
        assertThat(raw("GET /v2/credentials HTTP/1.1\r\nHost: localhost\r\n" + manyHeaders() + "\r\n"))
                .doesNotContain("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET\r\n\r\n", "GET /v2/credentials\r\n\r\n", "\0\1\2\r\n\r\n", "GET ::: HTTP/1.1\r\n\r\n"})
    void garbageGetsNoCredentials(String garbage) throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(raw(garbage)).doesNotContain("ASIAEXAMPLE");
        assertThat(get("/v2/credentials").statusCode()).isEqualTo(200);
    }

    @Test
    void oneConnectionServesManyAsks() throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        String ask = "GET /v2/credentials HTTP/1.1\r\nHost: localhost\r\n";
        String answers = raw(ask + "\r\n" + ask + "Connection: close\r\n\r\n");

        assertThat(answers.split("ASIAEXAMPLE", -1)).hasSize(3);
    }

    private static String manyHeaders() {
        StringBuilder headers = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            headers.append("X-").append(i).append(": y\r\n");
        }
        return headers.toString();
    }

    private void start() {
        if (endpoint == null) {
            EndpointSettings settings = new EndpointSettings(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    Set.of("localhost", "127.0.0.1", "169.254.170.2", "[::1]"),
                    Set.of("/v2/credentials"),
                    hold);
            endpoint = new CredentialEndpoint(settings, caller -> nextAttestation(), leases, leases);
            endpoint.start();
        }
    }

    private synchronized Attestation nextAttestation() {
        Attestation next = attestations.poll();
        return next == null ? attestation : next;
    }

    private URI uri(String path) {
        start();
        return URI.create("http://127.0.0.1:" + endpoint.address().getPort() + path);
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(uri(path)).build();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path));
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    /** Everything that comes back before the connection ends. */
    private String raw(String request) throws Exception {
        start();
        try (Socket socket =
                new Socket(endpoint.address().getAddress(), endpoint.address().getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(ISO_8859_1));
            out.flush();
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (SocketException reset) {
            // what the server didn't care to read any more was thrown away with the connection
            return "";
        }
    }

    private static void assertError(HttpResponse<String> response, int status, String code, String message)
            throws Exception {
        assertThat(response.statusCode()).isEqualTo(status);
        JsonNode json = new ObjectMapper().readTree(response.body());
        assertThat(json.size()).isEqualTo(2);
        assertThat(List.of(json.get("code").textValue(), json.get("message").textValue()))
                .containsExactly(code, message);
    }

    private static Answer.Lease lease(String containerId, String accessKeyId) {
        WireSession session =
                new WireSession(accessKeyId, Secret.of("secret/key+"), Secret.of("the/token=="), EXPIRATION);
        return new Answer.Lease("lease-1", containerId, ROLE, EXPIRATION, CredentialBody.of(session, ROLE));
    }

    /** What is here, and what was asked of the controller. */
    private static final class Leases implements CredentialSource, AskLine {
        private final Map<String, Answer> answers = new ConcurrentHashMap<>();
        private final Queue<String> asked = new ConcurrentLinkedQueue<>();
        private volatile Runnable onAsk = () -> {};

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
        public void ask(String containerId, String name) {
            asked.add(containerId + ":" + name);
            onAsk.run();
        }
    }
}
