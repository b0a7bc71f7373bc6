package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mesosiam.lease.WaitReason;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The alerts, the dashboard and the page for operators on duty name metrics that exist, and each other. */
@QuarkusTest
@WithTestResource(ClusterForController.class)
class MonitoringTest {
    private static final Path MONITORING = Path.of("docker/monitoring");
    private static final Pattern METRIC = Pattern.compile("(?:mesosiam|process|jvm)_[a-z_]+");
    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");

    @ConfigProperty(name = "test.management")
    URI management;

    @ParameterizedTest
    @ValueSource(strings = {"alerts.yml", "dashboard.json"})
    void everyMetricExists(String file) throws IOException {
        Set<String> named = found(METRIC, Files.readString(MONITORING.resolve(file)));
        Set<String> ofControllers = found(
                METRIC,
                given().get(management.resolve("/metrics"))
                        .then()
                        .statusCode(200)
                        .extract()
                        .asString());
        // a test of the agent compares that page with its metrics
        String ofAgents = Files.readString(Path.of("docs/agent.md"));

        assertThat(named)
                .isNotEmpty()
                .allMatch(name ->
                        ofControllers.contains(name) || ofAgents.contains("| `" + name.replaceFirst("_bucket$", "")));
    }

    /** An alert that is tested with a reason that no controller exports may never fire. */
    @Test
    void reasonsOfWaitsAndOfRefusedSignInsExist() throws IOException {
        Set<String> counted = Stream.of(WaitReason.values())
                .filter(WaitReason::counted)
                .map(WaitReason::text)
                .collect(Collectors.toSet());
        String metrics = given().get(management.resolve("/metrics"))
                .then()
                .statusCode(200)
                .extract()
                .asString();
        for (String file : List.of("alerts.yml", "alerts-test.yml")) {
            String text = Files.readString(MONITORING.resolve(file));

            assertThat(reasons("mesosiam_lease_waiting", text)).isNotEmpty().isSubsetOf(counted);
            assertThat(reasons("mesosiam_refused_requests_total", text))
                    .isNotEmpty()
                    .isSubsetOf(reasons("mesosiam_refused_requests_total", metrics));
        }
    }

    private static Set<String> reasons(String metric, String text) {
        return Pattern.compile(metric + "\\{[^}]*reason[=!~]+\"([^\"]+)\"")
                .matcher(text)
                .results()
                .flatMap(match -> Stream.of(match.group(1).split("\\|")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyAlertIsExplainedAndTested() throws IOException {
        List<String> alerts = ALERT.matcher(Files.readString(MONITORING.resolve("alerts.yml")))
                .results()
                .map(match -> match.group(1))
                .toList();
        String page = Files.readString(Path.of("docs/operating.md"));
        String tests = Files.readString(MONITORING.resolve("alerts-test.yml"));

        assertThat(alerts).isNotEmpty().doesNotHaveDuplicates().allSatisfy(alert -> {
            assertThat(page).contains("\n### " + alert + "\n");
            assertThat(tests).contains("alertname: " + alert + "\n");
            assertThat(Files.readString(MONITORING.resolve("alerts.yml")))
                    .contains("docs/operating.md#" + alert.toLowerCase(Locale.ROOT) + "\n");
        });
    }

    @Test
    void dashboardIsJsonWithAQueryInEachPanel() throws IOException {
        var dashboard = JsonMapper.builder()
                .build()
                .readTree(MONITORING.resolve("dashboard.json").toFile());

        assertThat(dashboard.path("panels"))
                .isNotEmpty()
                .allMatch(panel -> panel.path("type").asText().equals("row")
                        || !panel.at("/targets/0/expr").asText().isEmpty());
    }

    @Test
    void everyAlertFires() throws Exception {
        assumeThat(Stream.of(System.getenv("PATH").split(":")).map(path -> Path.of(path, "promtool")))
                .as("promtool, of Debian's package prometheus")
                .anyMatch(Files::isExecutable);

        Process promtool = new ProcessBuilder("promtool", "test", "rules", "alerts-test.yml")
                .directory(MONITORING.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(promtool.waitFor()).as(output).isZero();
    }

    private static Set<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(match -> match.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
