package io.mesosiam.agent.serve;

import static io.mesosiam.agent.serve.TestEndpoint.lease;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Container;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AskMetricsTest {
    private final TestEndpoint endpoint = new TestEndpoint();

    @AfterEach
    void stop() {
        endpoint.close();
    }

    @Test
    void requestsAreCountedByServiceAndOutcome() throws Exception {
        endpoint.leases.put("task", "default", lease("task", "ASIAEXAMPLE"));
        endpoint.leases.put("task", "denied", new Answer.Refusal("CodeOfTheControllers", "no"));
        endpoint.get("/v2/credentials");
        endpoint.get("/v2/credentials");
        endpoint.get("/v1/credentials");
        endpoint.get("/v2/credentials/denied");
        endpoint.get("/v2/credentials/pending");
        endpoint.get("/latest/meta-data/instance-id");
        endpoint.get("/elsewhere");

        assertThat(samples("mesosiam_agent_asks_total"))
                .containsExactlyInAnyOrder(
                        "{surface=\"ecs\",code=\"OK\"} 2",
                        "{surface=\"eks\",code=\"OK\"} 1",
                        "{surface=\"ecs\",code=\"Refused\"} 1",
                        "{surface=\"ecs\",code=\"CredentialsPending\"} 1",
                        "{surface=\"imds\",code=\"TokenNeeded\"} 1",
                        "{surface=\"none\",code=\"NotFound\"} 1");
        assertThat(samples("mesosiam_agent_answer_seconds_count")).containsExactly(" 6");
    }

    /** A quantile in the last bucket is the bound of the one before. */
    @Test
    void answersThatTheAlertReportsAreBelowTheLastBound() throws Exception {
        endpoint.get("/v2/credentials");
        String alert = Files.readAllLines(Path.of("docker/monitoring/alerts.yml")).stream()
                .filter(line -> line.contains("mesosiam_agent_answer_seconds_bucket"))
                .findFirst()
                .orElseThrow();
        double limit = Double.parseDouble(alert.replaceAll(".* > |'$", ""));

        assertThat(samples("mesosiam_agent_answer_seconds_bucket"))
                .map(sample -> sample.replaceAll(".*le=\"|\".*", ""))
                .filteredOn(bound -> !bound.equals("+Inf"))
                .map(Double::valueOf)
                .anyMatch(bound -> bound > limit);
    }

    @Test
    void attestationsAreCountedByMethodAndOutcome() throws Exception {
        endpoint.leases.put("task", "default", lease("task", "ASIAEXAMPLE"));
        endpoint.attestOnce(new Attestation.Attested(TestEndpoint.TASK, "freezer"));
        endpoint.get("/v2/credentials");
        for (Attestation attestation : List.of(
                new Attestation.NoContainer("a"),
                new Attestation.Ambiguous("b"),
                new Attestation.Unrecorded("d", false),
                new Attestation.Unknown("c"))) {
            endpoint.attest(attestation);
            endpoint.get("/v2/credentials");
        }

        assertThat(samples("mesosiam_agent_attestations_total"))
                .containsExactlyInAnyOrder(
                        "{method=\"freezer\",outcome=\"attested\"} 1",
                        "{method=\"none\",outcome=\"no_container\"} 1",
                        "{method=\"none\",outcome=\"ambiguous\"} 1",
                        "{method=\"none\",outcome=\"unrecorded\"} 1",
                        "{method=\"none\",outcome=\"unknown\"} 1");
    }

    @Test
    void waitingRequestIsInTheMetrics() throws Exception {
        endpoint.hold = Duration.ofMinutes(10);
        endpoint.leases.onRequest = () -> {
            assertThat(samples("mesosiam_agent_asks_held")).containsExactly(" 1");
            endpoint.leases.put("task", "default", lease("task", "ASIALATE"));
        };

        assertThat(endpoint.get("/v2/credentials").body()).contains("ASIALATE");
        assertThat(samples("mesosiam_agent_asks_held")).containsExactly(" 0");
    }

    @Test
    void callersCannotCreateNewSeries() throws Exception {
        endpoint.get("/v2/credentials");
        long before = endpoint.metrics().lines().count();

        for (int i = 0; i < 20; i++) {
            endpoint.attest(new Container("task-" + i, i));
            endpoint.get("/v2/credentials/name-" + i);
            endpoint.get("/path-" + i);
        }

        // one more, for paths that are not found
        assertThat(endpoint.metrics().lines().count()).isEqualTo(before + 1);
    }

    @Test
    void metricsAreDocumentedWithTheirTypes() throws Exception {
        endpoint.get("/v2/credentials");
        List<String> documentation = Files.readAllLines(Path.of("docs/agent.md"));

        List<String[]> types = endpoint.metrics()
                .lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" "))
                .toList();

        assertThat(types).hasSize(7).allSatisfy(type -> assertThat(documentation)
                .anyMatch(line -> line.startsWith("| `" + type[2]) && line.contains(" | " + type[3] + " | ")));
    }

    private List<String> samples(String metric) {
        return endpoint.metrics()
                .lines()
                .filter(line -> line.matches(metric + "[{ ].*"))
                .map(line -> line.substring(metric.length()))
                .toList();
    }
}
