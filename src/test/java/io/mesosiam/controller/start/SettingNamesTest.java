package io.mesosiam.controller.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of settings that don't exist or that a controller doesn't take. */
class SettingNamesTest extends SettingsFixture {
    @ParameterizedTest
    @CsvSource({
        "mesos-iam.mesos.master, mesos-iam.mesos.masters",
        "mesos-iam.channel.key-fil, mesos-iam.channel.key-file",
        "mesos-iam.leases.full-pass, mesos-iam.lease.full-pass"
    })
    void unknownNameIsRefusedWithASuggestion(String given, String nearest) {
        assertThat(settings.lines(Map.of(given, "1"), Map.of()))
                .containsExactly(given + ": there is no setting of this name. Did you mean " + nearest
                        + "? See docs/controller.md.");
    }

    @ParameterizedTest
    @CsvSource({
        "MESOS_IAM_CHANNEL_PORTS, true",
        "MESOS_IAM_NONSENSE, true",
        "MESOS_IAM_CHANNEL_PORT, false",
        "MESOS_IAM_MESOS_MASTERS_0_, false",
        "MESOS_IAM_AGENT_LISTEN, false",
        "MESOS, false"
    })
    void environmentVariablesAreCheckedByName(String variable, boolean refused) {
        List<String> lines = settings.lines(Map.of(), Map.of(variable, "1"));

        assertThat(lines.stream().anyMatch(line -> line.startsWith(variable + ": there is no setting")))
                .isEqualTo(refused);
    }

    @ParameterizedTest
    @CsvSource({
        "quarkus.datasource.usernmae, quarkus.datasource.username",
        "quarkus.http.prot, quarkus.http.port",
        "quarkus.flyway.migrate-at-startup, quarkus.flyway.migrate-at-start",
        "quarkus.managment.host, quarkus.management.host",
    })
    void misspeltQuarkusSettingIsRefused(String given, String nearest) {
        String variable = given.toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "_");

        assertThat(settings.lines(Map.of(given, "1"), Map.of()))
                .containsExactly(given + ": there is no setting of this name. Did you mean " + nearest
                        + "? See docs/controller.md.");
        assertThat(settings.lines(Map.of(), Map.of(variable, "1")))
                .singleElement()
                .asString()
                .startsWith(variable + ": there is no setting of this name. Did you mean ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "quarkus.http.root-path",
                "quarkus.http.ssl-port",
                "quarkus.http.test-port",
                "quarkus.datasource.jdbc",
                "quarkus.datasource.reactive",
                "quarkus.datasource.jdbc.max-size",
                "quarkus.management.enabled",
                "quarkus.log.level",
                "%dev.quarkus.http.ports",
            })
    void otherQuarkusSettingsAreNotChecked(String name) {
        assertThat(settings.lines(Map.of(name, "1"), Map.of())).isEmpty();
    }

    @Test
    void everySuggestedQuarkusSettingIsInTheDocs() throws IOException {
        String docs = Files.readString(Path.of("docs/controller.md"));

        assertThat(SettingNames.OF_QUARKUS).allSatisfy(name -> assertThat(docs)
                .containsAnyOf("`" + name + "`", "`" + name.replaceFirst("\\.[^.]*$", ".")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "quarkus.flyway.default-schema",
                "quarkus.flyway.schemas",
                "quarkus.flyway.table",
                "quarkus.flyway.jdbc-url",
                "quarkus.flyway.clean-disabled",
                "quarkus.flyway.\"other\".locations",
                "%prod.quarkus.flyway.init-sql",
                "quarkus.hibernate-orm.log.sql",
                "quarkus.http.proxy.proxy-address-forwarding",
                "quarkus.http.cors.origins",
                "quarkus.management.proxy.allow-forwarded",
                "quarkus.management.limits.max-header-size",
                "quarkus.management.tls-configuration-name",
                "quarkus.http.insecure-requests",
                "quarkus.http.tls-configuration-name",
                "quarkus.http.ssl.client-auth",
                "quarkus.http.auth.proactive",
                "quarkus.oidc.token.audience",
                "quarkus.tls.mesos-iam-api.key-store.pem.port.cert",
                "quarkus.tls.\"masters\".trust-all",
                "quarkus.tls.mesos-iam-agents.trust-all",
                "quarkus.tls.mesos-iam-agents.key-store.pem.port.cert",
                "quarkus.tls.\"mesos-iam-agents\".trust-store.pem.certs",
            })
    void unsupportedSettingIsReportedOnceInEachForm(String name) {
        String variable = name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");

        // refused with the safe value too: values are not compared
        assertThat(settings.lines(Map.of(name, "true"), Map.of()))
                .singleElement()
                .asString()
                .startsWith(name + ": is a setting of Quarkus that a controller doesn't take. Remove it. ");
        assertThat(settings.lines(Map.of(), Map.of(variable, "")))
                .singleElement()
                .asString()
                .startsWith(variable + ": is a setting of Quarkus that a controller doesn't take. Remove it. ");
    }

    @Test
    void settingsOfTheProgramAndItsBuildAreNotChecked() {
        var config = new SmallRyeConfigBuilder()
                .withSources(
                        new PropertiesConfigSource(Map.of("quarkus.flyway.table", "a"), "within the program", 250),
                        new PropertiesConfigSource(Map.of("quarkus.flyway.enabled", "a"), "fixed", Integer.MAX_VALUE),
                        new PropertiesConfigSource(Map.of("quarkus.flyway.schemas", "a"), "default", Integer.MIN_VALUE),
                        new PropertiesConfigSource(Map.of("quarkus.flyway.locations", "a"), "config/", 260))
                .build();

        assertThat(new Settings(config).givenByOperators()).containsExactly("quarkus.flyway.locations");
    }

    @ParameterizedTest
    @CsvSource({
        "QUARKUS_DATASOURCE_USER, QUARKUS_DATASOURCE_USERNAME",
        "QUARKUS_DATASOURCE_PASS, QUARKUS_DATASOURCE_PASSWORD",
        "QUARKUS_DATASOURCE_URL, QUARKUS_DATASOURCE_JDBC_URL",
        "QUARKUS_DATASOURCE_JDBC_USERNAME, QUARKUS_DATASOURCE_USERNAME",
        "QUARKUS_FLYWAY_USER, QUARKUS_FLYWAY_USERNAME",
        "QUARKUS_HTTP_SERVER_PORT, QUARKUS_HTTP_PORT",
        "QUARKUS_MANAGEMENT_HTTP_HOST, QUARKUS_MANAGEMENT_HOST"
    })
    void variableOneWordAwayFromADocumentedOneIsRefused(String variable, String nearest) {
        assertThat(settings.lines(Map.of(), Map.of(variable, "")))
                .containsExactly(variable + ": there is no setting of this name. Did you mean " + nearest
                        + "? See docs/controller.md.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "QUARKUS_HTTP_SSL_PORT",
                "QUARKUS_DATASOURCE_JDBC",
                "QUARKUS_DATASOURCE_JDBC_MAX_SIZE",
                "QUARKUS_HTTP_LIMITS_MAX_BODY_SIZE",
                "QUARKUS_LOG_LEVEL"
            })
    void otherQuarkusVariablesAreNotChecked(String variable) {
        assertThat(settings.lines(Map.of(), Map.of(variable, "1"))).isEmpty();
    }
}
