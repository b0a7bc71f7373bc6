package io.mesosiam.agent.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.mesosiam.agent.serve.InstanceMetadata.Fact;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a metadata service of version 2. */
class InstanceMetadataTest {
    private static final String REGION = "placement/region";
    private static final Duration TIMEOUT = TimeLimit.seconds(60);

    private final Map<String, String> facts =
            new ConcurrentHashMap<>(Map.of("/latest/meta-data/" + REGION, "eu-west-1"));
    private final Queue<String> requested = new ConcurrentLinkedQueue<>();
    private volatile int tokenStatus = 200;
    /** As {@link System#nanoTime}, which may have any value and overflow. */
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);

    private HttpServer service;
    private InstanceMetadata metadata;

    @BeforeEach
    void start() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/", exchange -> {
            String path = exchange.getRequestURI().toString();
            requested.add(exchange.getRequestMethod() + " " + path);
            String answer = path.equals("/latest/api/token") ? "the-token" : facts.get(path);
            boolean allowed = path.equals("/latest/api/token")
                    ? "60".equals(exchange.getRequestHeaders().getFirst(Routes.TOKEN_LIFE_HEADER))
                    : "the-token".equals(exchange.getRequestHeaders().getFirst(Routes.TOKEN_HEADER));
            int status = !allowed ? 401 : answer == null ? 404 : path.startsWith("/latest/api") ? tokenStatus : 200;
            byte[] body = status == 200 ? answer.getBytes(ISO_8859_1) : new byte[0];
            try (exchange) {
                exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        });
        service.start();
        metadata = metadata(service.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        service.stop(0);
    }

    private InstanceMetadata metadata(int port) {
        MetadataService real = new MetadataService(URI.create("http://127.0.0.1:" + port));
        return new InstanceMetadata(Set.of(REGION, "instance-id"), real::fetch, now::get);
    }

    @Test
    void factIsFetchedOnceWithATokenAndKept() throws Exception {
        assertThat(find(REGION)).isEqualTo(new Fact.Known("eu-west-1"));
        facts.clear();
        now.addAndGet(Duration.ofDays(400).toNanos());

        assertThat(find(REGION)).isEqualTo(new Fact.Known("eu-west-1"));
        assertThat(requested).containsExactly("PUT /latest/api/token", "GET /latest/meta-data/placement/region");
    }

    @Test
    void onlyRequestedAndAllowedFactsAreFetched() throws Exception {
        assertThat(find("iam/info")).isEqualTo(new Fact.Missing());
        assertThat(requested).isEmpty();
    }

    @Test
    void unreachableServiceIsNamedWithTheReason() throws Exception {
        int port = service.getAddress().getPort();
        service.stop(0);

        assertThat(find(REGION)).isEqualTo(new Fact.Unknown("http://127.0.0.1:" + port + ": connection refused"));
    }

    @Test
    void missingFactIsFetchedAgainAfterAPause() throws Exception {
        assertThat(find("instance-id")).isEqualTo(new Fact.Missing());
        facts.put("/latest/meta-data/instance-id", "i-0123456789abcdef0");
        assertThat(find("instance-id")).isEqualTo(new Fact.Missing());

        now.addAndGet(Duration.ofSeconds(1).toNanos());

        assertThat(find("instance-id")).isEqualTo(new Fact.Known("i-0123456789abcdef0"));
    }

    @Test
    void failingServiceIsQueriedWithAGrowingPause() throws Exception {
        tokenStatus = 403;
        int fetches = 0;
        for (int second = 0; second < 300; second++) {
            assertThat(find(REGION)).isEqualTo(new Fact.Unknown("the request is answered 401"));
            now.addAndGet(Duration.ofSeconds(1).toNanos());
            fetches = Math.toIntExact(requested.stream()
                    .filter(request -> request.startsWith("PUT"))
                    .count());
        }

        // at 0, 1, 3, 7, 15, 31 and 63 s, and each minute after that
        assertThat(fetches).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two\nlines", "a\r", "tab\there", "\u00e4", "\u007f"})
    void answerOtherThanOneLineOfTextIsNotUsed(String answer) throws Exception {
        facts.put("/latest/meta-data/" + REGION, answer);

        assertThat(find(REGION)).isInstanceOf(Fact.Unknown.class);
    }

    @Test
    void hugeAnswerIsNotRead() throws Exception {
        facts.put("/latest/meta-data/" + REGION, "x".repeat(1025));

        assertThat(find(REGION)).isInstanceOf(Fact.Unknown.class);
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        facts.put("/latest/meta-data/" + REGION, "x".repeat(1024));
        assertThat(find(REGION)).isEqualTo(new Fact.Known("x".repeat(1024)));
    }

    @Test
    void withoutAServiceNothingIsKnown() throws Exception {
        service.stop(0);

        assertThat(find(REGION)).isInstanceOf(Fact.Unknown.class);
    }

    @Test
    void silentServiceTimesOut() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            metadata = metadata(silent.getLocalPort());

            assertThat(metadata.find(REGION, Duration.ofMillis(1))).isInstanceOf(Fact.Unknown.class);
            assertThat(find(REGION)).isInstanceOf(Fact.Unknown.class);
        }
    }

    @Test
    void concurrentRequestsShareOneFetch() throws Exception {
        CountDownLatch fetching = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        metadata = new InstanceMetadata(
                Set.of(REGION),
                path -> {
                    requested.add(path);
                    fetching.countDown();
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    return new Fact.Known("eu-west-1");
                },
                now::get);

        assertThat(metadata.find(REGION, Duration.ZERO)).isInstanceOf(Fact.Unknown.class);
        fetching.await();
        assertThat(metadata.find(REGION, Duration.ZERO)).isInstanceOf(Fact.Unknown.class);
        go.countDown();

        assertThat(find(REGION)).isEqualTo(new Fact.Known("eu-west-1"));
        assertThat(requested).containsExactly(REGION);
    }

    @Test
    void endpointReturnsTheFactToATask() throws Exception {
        try (TestEndpoint endpoint = new TestEndpoint()) {
            endpoint.hold = TIMEOUT;
            endpoint.metadataService =
                    URI.create("http://127.0.0.1:" + service.getAddress().getPort());
            String token = endpoint.put("/latest/api/token", Routes.TOKEN_LIFE_HEADER, "60")
                    .body();

            var region = endpoint.get("/latest/meta-data/placement/region", Routes.TOKEN_HEADER, token);
            var missing = endpoint.get("/latest/meta-data/instance-id", Routes.TOKEN_HEADER, token);

            assertThat(region.body()).isEqualTo("eu-west-1");
            assertThat(region.headers().allValues("Content-Type")).containsExactly("text/plain");
            assertThat(missing.statusCode()).isEqualTo(404);
        }
    }

    private Fact find(String path) throws InterruptedException {
        return metadata.find(path, TIMEOUT);
    }
}
