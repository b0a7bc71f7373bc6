package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every metric of a controller has a help text and an entry in docs/controller.md, and exists before the first event.
 */
@QuarkusTest
@WithTestResource(ClusterForController.class)
class MetricsTest {
    private static final Pattern HELP = Pattern.compile("(?m)^# HELP (\\S+) ?(.*)$");
    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");
    private static final Pattern QUOTED = Pattern.compile("`([a-z_]+\\*?)(?:\\{[a-z,]+})?`");

    private static final Pattern FOLLOWED = Pattern.compile("new TableFollower\\.Settings\\(\\s*\"(\\w+)\"");

    @ConfigProperty(name = "test.management")
    URI management;

    @Test
    void everyMetricHasAHelpText() {
        Map<String, String> help = matches(HELP, scrape()).stream()
                .collect(toMap(match -> match.group(1), match -> match.group(2).strip()));

        assertThat(matches(TYPE, scrape())).isNotEmpty().allSatisfy(type -> assertThat(help)
                .as(type.group(1))
                .hasEntrySatisfying(type.group(1), text -> assertThat(text).isNotBlank()));
    }

    @Test
    void everyMetricIsInTheDocs() throws IOException {
        List<String> named = matches(QUOTED, Files.readString(Path.of("docs/controller.md"))).stream()
                .map(match -> match.group(1))
                .toList();

        assertThat(matches(TYPE, scrape())).isNotEmpty().allSatisfy(type -> assertThat(named)
                .as(type.group(1))
                .anyMatch(name -> isOf(type.group(1), type.group(2), name)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mesosiam_channel_acks_total 0.0",
                "mesosiam_channel_nacks_total 0.0",
                "mesosiam_channel_asks_total 0.0",
                "mesosiam_channel_faults_total{code=\"host-mismatch\"} 0.0",
                "mesosiam_channel_faults_total{code=\"too-slow\"} 0.0",
                "mesosiam_channel_faults_total{code=\"not-recordable\"} 0.0",
                "mesosiam_loop_failures_total{loop=\"mesos\"} 0.0",
                "mesosiam_channel_handshakes_failed_total{reason=\"too-many\"} 0.0",
                "mesosiam_channel_handshakes_failed_total{reason=\"waited\"} 0.0",
                "mesosiam_channel_handshakes 0.0",
                "mesosiam_sts_calls_seconds_count{outcome=\"issued\"} 0",
                "mesosiam_sts_calls_seconds_count{outcome=\"refused\"} 0",
                "mesosiam_sts_calls_seconds_count{outcome=\"unavailable\"} 0",
                "mesosiam_certificate_expiry_seconds{certificate=\"port\"} ",
                "mesosiam_certificate_expiry_seconds{certificate=\"mesos-iam.channel.ca-file\"} ",
                "mesosiam_lease_live 0.0",
                "mesosiam_journal_refused_total{part=\"row\"} 0.0",
                "mesosiam_journal_refused_total{part=\"event\"} 0.0",
                "mesosiam_journal_dropped_total 0.0",
                "mesosiam_log_lines_dropped_total 0.0",
                "mesosiam_lease_first_session_seconds_count 0",
                "mesosiam_lease_first_session_seconds_bucket{le=\"0.05\"} 0",
                "mesosiam_task_first_credentials_seconds_count 0",
                "mesosiam_task_first_credentials_seconds_bucket{le=\"0.05\"} 0",
                "mesosiam_lease_earliest_end_seconds NaN",
                "mesosiam_lease_renewal_lag_seconds 0.0",
                "mesosiam_lease_states{state=\"failed\"} 0.0",
                "mesosiam_lease_queue_due ",
                "mesosiam_lease_queue_age_seconds ",
                "mesosiam_journal_age_seconds ",
                "mesosiam_policy_read_age_seconds ",
                "mesosiam_mesos_event_age_seconds ",
                "mesosiam_mesos_leader 1.0",
                "mesosiam_mesos_stream 1.0",
                "mesosiam_sts_calls_seconds_bucket{outcome=\"issued\",le=\"0.25\"} 0",
                "mesosiam_sts_budget_left NaN",
                "mesosiam_sts_budget_rate NaN",
                "mesosiam_sts_budget_waiting NaN",
                "mesosiam_channel_agent_versions{version=\"other\"} 0.0",
                "mesosiam_build_info{java=",
            })
    void metricExistsBeforeTheFirstEvent(String sample) {
        assertThat(scrape().lines()).anyMatch(line -> line.startsWith(sample));
    }

    @Test
    void eachFollowedTableHasAGauge() throws IOException {
        Set<String> followed = new TreeSet<>();
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            for (Path source : sources.filter(Files::isRegularFile).toList()) {
                FOLLOWED.matcher(Files.readString(source)).results().forEach(match -> followed.add(match.group(1)));
            }
        }

        assertThat(scrape().lines().filter(line -> line.startsWith("mesosiam_table_away")))
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(followed.stream()
                        .map(table -> "mesosiam_table_away{table=\"" + table + "\"} 0.0")
                        .toList());
    }

    /** They are NaN while the table of hosts can't be read. */
    @Test
    void hostsWithoutAnAgentAreCounted() {
        assertThat(scrape().lines())
                .anyMatch(line -> line.matches("mesosiam_hosts_without_agent \\d+\\.0"))
                .anyMatch(line -> line.matches("mesosiam_hosts_without_agent_tasks \\d+\\.0"));
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v1/namespaces/invented/policies/invented, localhost.evil.example, 421",
        "/invented, localhost, 404"
    })
    void pathOfARefusedRequestIsNoLabel(String path, String host, int status) {
        given().header("Host", host).get(path).then().statusCode(status);

        assertThat(scrape()).contains("status=\"" + status + "\"").doesNotContain("invented");
    }

    /**
     * Whether a documented name is that of the family: literally, as a prefix of metrics of libraries, or with the
     * suffixes of its samples.
     */
    private static boolean isOf(String family, String type, String documented) {
        if (documented.endsWith("*")) {
            return family.startsWith(documented.substring(0, documented.length() - 1));
        }
        return documented.equals(family)
                || (type.equals("counter") && documented.equals(family + "_total"))
                || family.equals(documented + "_max");
    }

    private static List<MatchResult> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }

    private String scrape() {
        return given().get(management.resolve("/metrics"))
                .then()
                .statusCode(200)
                .extract()
                .asString();
    }
}
