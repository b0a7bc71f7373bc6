package io.mesosiam.controller.start;

import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Valid settings of a controller, with a database and certificates, and what the check at the start says of settings
 * that differ from them.
 */
final class CheckedSettings implements AutoCloseable {
    final TestDatabase database = TestPostgres.emptyDatabase();
    final TestCa ca;
    final TestCa.Identity identity;

    /** @param directory for the certificates */
    CheckedSettings(Path directory) {
        ca = TestCa.in(directory);
        identity = ca.issue("dns:localhost");
    }

    List<String> warnings(Map<String, String> different) {
        return StartCheck.warnings(config(different)).stream()
                .map(StartProblem::line)
                .toList();
    }

    List<String> lines(Map<String, String> different, Map<String, String> environment) {
        return lines(different, environment, Instant.now());
    }

    List<String> lines(Map<String, String> different, Map<String, String> environment, Instant now) {
        return problems(different, environment, now).stream()
                .map(StartProblem::line)
                .toList();
    }

    List<StartProblem> problems(Map<String, String> different, Map<String, String> environment, Instant now) {
        return StartCheck.problems(config(different), environment, now);
    }

    private SmallRyeConfig config(Map<String, String> different) {
        Map<String, String> settings = new HashMap<>(Map.ofEntries(
                Map.entry("mesos-iam.api.plain-http", "true"),
                Map.entry("quarkus.http.host", "127.0.0.1"),
                Map.entry("quarkus.http.port", "0"),
                Map.entry("quarkus.datasource.jdbc.url", database.jdbcUrl()),
                Map.entry("quarkus.datasource.reactive.url", database.reactiveUrl()),
                Map.entry("quarkus.datasource.username", database.user()),
                Map.entry("quarkus.datasource.password", database.password()),
                Map.entry("mesos-iam.channel.host", "127.0.0.1"),
                Map.entry("mesos-iam.channel.port", "0"),
                Map.entry(
                        "mesos-iam.channel.certificate-file",
                        identity.certificate().toString()),
                Map.entry("mesos-iam.channel.key-file", identity.key().toString()),
                Map.entry("mesos-iam.channel.ca-file", ca.certificateFile().toString())));
        settings.putAll(different);
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withSources(new PropertiesConfigSource(settings, "test", 100))
                .build();
    }

    @Override
    public void close() {
        database.close();
    }
}
