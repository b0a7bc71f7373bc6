package io.mesosiam.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.LogRecords;
import io.mesosiam.fakes.TestPort;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsEndpointTest {
    private double leases = 3;
    private final int port = TestPort.claim();

    private final MetricsEndpoint endpoint = new MetricsEndpoint(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            List.of(
                    out -> out.gauge("leases", "Leases held.").sample(leases),
                    out -> out.counter("asks_total", "Asks.")
                            .sample(7, "surface", "ecs", "code", "OK")
                            .sample(1_000_000, "surface", "imds", "code", "NotFound"),
                    out -> out.histogram(
                            "answer_seconds", "Time.", new double[] {0.005, 1}, new long[] {2, 3, 4}, 12.5)));

    @AfterEach
    void stop() {
        endpoint.close();
    }

    @Test
    void metricsAreWrittenInPrometheusFormat() throws Exception {
        endpoint.open();

        HttpResponse<String> answer = request("GET", "/metrics");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().allValues("Content-Type"))
                .containsExactly("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.body()).isEqualTo("""
                        # HELP leases Leases held.
                        # TYPE leases gauge
                        leases 3
                        # HELP asks_total Asks.
                        # TYPE asks_total counter
                        asks_total{surface="ecs",code="OK"} 7
                        asks_total{surface="imds",code="NotFound"} 1000000
                        # HELP answer_seconds Time.
                        # TYPE answer_seconds histogram
                        answer_seconds_bucket{le="0.005"} 2
                        answer_seconds_bucket{le="1"} 5
                        answer_seconds_bucket{le="+Inf"} 9
                        answer_seconds_sum 12.5
                        answer_seconds_count 9
                        """);
    }

    @Test
    void scrapesReturnCurrentValues() throws Exception {
        endpoint.open();
        assertThat(request("GET", "/metrics").body()).contains("leases 3\n");

        leases = 2.25;

        assertThat(request("GET", "/metrics").body()).contains("leases 2.25\n");
    }

    @Test
    void otherPathsAndMethodsAreRefused() throws Exception {
        endpoint.open();

        assertThat(request("GET", "/").statusCode()).isEqualTo(404);
        assertThat(request("GET", "/metrics/").statusCode()).isEqualTo(404);
        assertThat(request("GET", "/v2/credentials").statusCode()).isEqualTo(404);
        assertThat(request("POST", "/metrics").statusCode()).isEqualTo(405);
    }

    @Test
    void portInUseIsBoundOnceItIsFree() throws Exception {
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            endpoint.open();
            endpoint.open();
            assertThat(taken.isBound()).isTrue();
        }

        endpoint.open();

        assertThat(request("GET", "/metrics").statusCode()).isEqualTo(200);
    }

    @Test
    void portInUseCostsNoDescriptors() throws Exception {
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            endpoint.open();
            int before = descriptors();

            for (int i = 0; i < 500; i++) {
                endpoint.open();
            }

            assertThat(descriptors()).isLessThan(before + 100);
            assertThat(taken.isBound()).isTrue();
        }
    }

    @Test
    void openEndpointIsNotBoundAgain() {
        endpoint.open();

        try (LogRecords log = new LogRecords(MetricsEndpoint.class.getName())) {
            endpoint.open();

            assertThat(log.lines()).isEmpty();
        }
    }

    private static int descriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }

    @Test
    void closedEndpointIsNotOpenedAgain() throws Exception {
        endpoint.close();

        endpoint.open();

        try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(free.isBound()).isTrue();
        }
    }

    private HttpResponse<String> request(String method, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + port + path);
            return client.send(
                    HttpRequest.newBuilder(uri)
                            .method(method, HttpRequest.BodyPublishers.noBody())
                            .build(),
                    BodyHandlers.ofString());
        }
    }
}
