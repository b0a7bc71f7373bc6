package io.mesosiam.controller.start;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.mesosiam.fakes.TestPort;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values of settings, alone and together. */
class StartCheckTest extends SettingsFixture {
    @Test
    void validSettingsHaveNoProblem() {
        assertThat(settings.lines(Map.of(), Map.of())).isEmpty();
    }

    @Test
    void settingIsNamedAsItWasGiven() {
        Map<String, String> environment = Map.of("MESOS_IAM_LEASE_FULL_PASS", "often", "QUARKUS_HTTP_PORT", "x");
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withSources(
                        new EnvConfigSource(environment, 300),
                        new PropertiesConfigSource(Map.of("mesos-iam.lease.journal-delay", "soon"), "file", 260))
                .build();

        assertThat(StartCheck.problems(config, environment, Instant.now()))
                .extracting(StartProblem::setting)
                .contains("MESOS_IAM_LEASE_FULL_PASS", "QUARKUS_HTTP_PORT", "mesos-iam.lease.journal-delay")
                .doesNotContain("mesos-iam.lease.full-pass", "quarkus.http.port");
    }

    @Test
    void everyDeclaredSettingIsChecked() {
        List<Class<?>> declared = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.mesosiam").stream()
                        .filter(type -> type.isAnnotatedWith(ConfigMapping.class))
                        .<Class<?>>map(type -> type.reflect())
                        .toList();

        assertThat(declared).isNotEmpty();
        assertThat(Settings.DECLARED).containsExactlyInAnyOrderElementsOf(declared);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    mesos-iam.lease.journal-delay         | soon             | is not a duration
                    mesos-iam.lease.full-pass             | -5m              | is not longer than zero
                    mesos-iam.policy.query-timeout        | 0s               | is not longer than zero
                    mesos-iam.sts.calls-per-second        | 0                | is too small
                    mesos-iam.sts.calls-per-second        | 3 hundred        | is not a whole number in range
                    mesos-iam.mesos.max-record-bytes      | -1               | is too small
                    mesos-iam.mesos.stream                | maybe            | is not one of its values
                    mesos-iam.policy.accept-self-asserted | yep              | is not true or false
                    mesos-iam.channel.port                | 65536            | is no port
                    mesos-iam.channel.port                | eight            | is not a whole number in range
                    quarkus.http.host                     | 0.0.0.0          | is not loopback
                    quarkus.http.host                     | 10.1.2.3         | is not loopback
                    mesos-iam.sign-in.loopback-roles      | root             | is not a role
                    mesos-iam.sign-in.bootstrap-token-file | /dev/null       | is no regular file
                    mesos-iam.sign-in.certificate-mapping | ci               | has no name=role
                    mesos-iam.sign-in.role-mapping        | a=root           | has an unknown role
                    mesos-iam.sign-in.role-mapping        | a=admin:data     | has an unknown role
                    mesos-iam.sign-in.oidc-issuer         | ldap://a         | is no http or https URL
                    mesos-iam.sign-in.oidc-client-id      | x                | has no effect without mesos-iam.sign-in.oidc-issuer
                    mesos-iam.api.client-ca-file          | /no/such/file    | has no effect with mesos-iam.api.plain-http=true
                    quarkus.management.host               | 192.0.2.1        | is no address of this host
                    quarkus.http.port                     | abc              | is no port
                    quarkus.management.port               | 9,000            | is no port
                    quarkus.flyway.migrate-at-start       | nope             | is not true or false
                    mesos-iam.channel.host                | no.such.invalid  | can't be resolved to an address
                    mesos-iam.channel.host                | 192.0.2.1        | is no address of this host
                    mesos-iam.mesos.masters               | localhost:5050   | is no http or https URL
                    mesos-iam.mesos.masters               | zk://a:2181/b    | is no http or https URL
                    mesos-iam.mesos.masters               | http://a:5050/master/state | has something after the port
                    mesos-iam.sts.endpoint                | ftp://sts        | is no http or https URL
                    mesos-iam.channel.certificate-file    | /no/such/file    | does not exist
                    mesos-iam.channel.key-file            | /                | is a directory
                    mesos-iam.channel.ca-file             | /dev/null        | is no regular file
                    mesos-iam.channel.ca-file             | /one,/other      | has a comma or a backslash in its path
                    mesos-iam.mesos.ca-file               | /no/such/file    | does not exist
                    mesos-iam.mesos.secret-file           | /no/such/file    | does not exist
                    quarkus.datasource.username           | stranger         | PostgreSQL refuses this user
                    quarkus.flyway.clean-at-start         | true             | has one safe value here, false
                    quarkus.flyway.clean-disabled         | false            | has one safe value here, true
                    quarkus.flyway.out-of-order           | TRUE             | has one safe value here, false
                    quarkus.flyway.ignore-migration-patterns | *:*           | has one safe value here, *:future
                    quarkus.hibernate-orm.schema-management.strategy | drop-and-create | has one safe value here, none
                    quarkus.tls.trust-all                 | true             | has one safe value here, false
                    quarkus.http.cors.enabled             | true             | has one safe value here, false
                    """)
    void invalidValueIsOneLineWithNameValueAndProblem(String setting, String value, String problem) {
        assertThat(settings.lines(Map.of(setting, value), Map.of())).anySatisfy(line -> assertThat(line)
                .startsWith(setting + "=" + value + ": " + problem)
                .endsWith(".")
                .doesNotContain("\n", "Exception"));
    }

    @Test
    void settingWithoutEffectIsOneLineWhateverItsValue() {
        assertThat(settings.lines(
                        Map.of("mesos-iam.api.plain-http", "false", "mesos-iam.sign-in.loopback-roles", "admn"),
                        Map.of()))
                .filteredOn(line -> line.startsWith("mesos-iam.sign-in.loopback-roles"))
                .singleElement()
                .asString()
                .contains("has no effect without mesos-iam.api.plain-http=true");
    }

    @Test
    void allProblemsAreReportedAtOnce() {
        assertThat(settings.lines(
                        Map.of(
                                "mesos-iam.lease.full-pass", "often",
                                "mesos-iam.channel.ca-file", "/no/such/file",
                                "mesos-iam.mesos.masters", "nowhere",
                                "quarkus.datasource.jdbc.url", "jdbc:mysql://h/d"),
                        Map.of("MESOS_IAM_LEASE_FULLPASS", "1m")))
                .hasSize(5);
    }

    @Test
    void portInUseIsAProblemOutsideTheSettings() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());

            assertThat(settings.problems(Map.of("mesos-iam.channel.port", port), Map.of(), Instant.now()))
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.kind()).isEqualTo(StartProblem.Kind.SURROUNDINGS);
                        assertThat(problem.line())
                                .startsWith("mesos-iam.channel.port=" + port + ": can't be listened on at 127.0.0.1");
                    });
        }
    }

    @Test
    void onlyTheInvalidMasterOrAliasIsNamed() {
        assertThat(settings.lines(Map.of("mesos-iam.mesos.masters", "http://A,http://a:80/"), Map.of()))
                .containsExactly("mesos-iam.mesos.masters=http://a:80/: is listed twice. Write each master once.");
        assertThat(settings.lines(Map.of("mesos-iam.mesos.alias", "b=http://b:5050,a=http://a:5050/x"), Map.of()))
                .containsExactly("mesos-iam.mesos.alias=http://a:5050/x: has something after the port. Write"
                        + " http://host:port or https://host:port.");
    }

    @Test
    void trailingCommaInTheListOfMastersIsReported() {
        assertThat(settings.lines(Map.of("mesos-iam.mesos.masters", "http://a:5050,"), Map.of()))
                .singleElement()
                .asString()
                .contains("has a comma without a URL on each side. Remove the comma");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void healthAndMetricsMayListenOnTheNetwork(String host) {
        assertThat(settings.lines(Map.of("quarkus.management.host", host), Map.of()))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            127.0.0.1 | quarkus.http      | 127.0.0.1 | quarkus.management | quarkus.management.port is the port of quarkus.http.port
            0.0.0.0   | mesos-iam.channel | 127.0.0.1 | quarkus.http       | quarkus.http.port is the port of mesos-iam.channel.port
            127.0.0.1 | mesos-iam.channel | localhost | quarkus.management | quarkus.management.port is the port of mesos-iam.channel.port
            127.0.0.2 | mesos-iam.channel | 127.0.0.1 | quarkus.http       | ''
            """)
    void onePortForTwoListenersIsRefused(String host, String one, String otherHost, String other, String expected)
            throws IOException {
        String port = String.valueOf(TestPort.claim());
        List<String> lines = settings.lines(
                Map.of(one + ".host", host, one + ".port", port, other + ".host", otherHost, other + ".port", port),
                Map.of());

        if (expected.isEmpty()) {
            assertThat(lines).isEmpty();
        } else {
            assertThat(lines)
                    .containsExactly(expected.replaceFirst(" is the", "=" + port + ": is the")
                            + ", too. Choose another port for one of them.");
        }
    }

    @Test
    void secretsAreNeverPrinted() {
        List<String> lines = settings.lines(
                Map.of(
                        "quarkus.datasource.jdbc.url", "jdbc:postgresql://127.0.0.1:1/x?password=hunter2",
                        "quarkus.datasource.reactive.url", "jdbc:postgresql://u:hunter2@h/x",
                        "quarkus.datasource.password", "hunter2",
                        "mesos-iam.mesos.masters", "ftp://admin:hunter2@master:5050"),
                Map.of());

        assertThat(lines).hasSize(3).noneMatch(line -> line.contains("hunter2"));
    }

    @Test
    void principalAndSecretFileRequireEachOther() {
        assertThat(settings.lines(Map.of("mesos-iam.mesos.principal", "p"), Map.of()))
                .singleElement()
                .asString()
                .startsWith("mesos-iam.mesos.secret-file: is not set");
        assertThat(settings.lines(
                        Map.of(
                                "mesos-iam.mesos.secret-file",
                                settings.identity.key().toString()),
                        Map.of()))
                .singleElement()
                .asString()
                .startsWith("mesos-iam.mesos.principal: is not set");
    }
}
