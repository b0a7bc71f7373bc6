package io.mesosiam.controller.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartCheckTest {
    private static final TestDatabase DATABASE = TestPostgres.emptyDatabase();

    @TempDir
    private static Path directory;

    private static TestCa ca;
    private static TestCa.Identity identity;

    @BeforeAll
    static void makeCertificates() {
        ca = TestCa.in(directory);
        identity = ca.issue("dns:localhost");
    }

    @AfterAll
    static void dropDatabase() {
        DATABASE.close();
    }

    @Test
    void validSettingsHaveNoProblem() {
        assertThat(lines(Map.of(), Map.of())).isEmpty();
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
                    quarkus.management.host               | 192.0.2.1        | is no address of this host
                    quarkus.http.port                     | abc              | is no port
                    quarkus.management.port               | 9,000            | is no port
                    quarkus.flyway.migrate-at-start       | nope             | is not true or false
                    mesos-iam.channel.host                | no.such.invalid  | can't be resolved to an address
                    mesos-iam.channel.host                | 192.0.2.1        | is no address of this host
                    mesos-iam.mesos.masters               | localhost:5050   | is no http or https URL
                    mesos-iam.mesos.masters               | zk://a:2181/b    | is no http or https URL
                    mesos-iam.mesos.masters               | http://a:5050/master/state | has something after the port
                    mesos-iam.mesos.masters               | http://a:5050?x  | has something after the port
                    mesos-iam.sts.endpoint                | ftp://sts        | is no http or https URL
                    mesos-iam.channel.certificate-file    | /no/such/file    | does not exist
                    mesos-iam.channel.key-file            | /                | is a directory
                    mesos-iam.channel.ca-file             | /dev/null        | holds no certificate
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
        assertThat(lines(Map.of(setting, value), Map.of())).anySatisfy(line -> assertThat(line)
                .startsWith(setting + "=" + value + ": " + problem)
                .endsWith(".")
                .doesNotContain("\n", "Exception"));
    }

    @Test
    void allProblemsAreReportedAtOnce() {
        assertThat(lines(
                        Map.of(
                                "mesos-iam.lease.full-pass", "often",
                                "mesos-iam.channel.ca-file", "/no/such/file",
                                "mesos-iam.mesos.masters", "nowhere",
                                "quarkus.datasource.jdbc.url", "jdbc:mysql://h/d"),
                        Map.of("MESOS_IAM_LEASE_FULLPASS", "1m")))
                .hasSize(5);
    }

    @ParameterizedTest
    @CsvSource({
        "mesos-iam.mesos.master, mesos-iam.mesos.masters",
        "mesos-iam.channel.key-fil, mesos-iam.channel.key-file",
        "mesos-iam.leases.full-pass, mesos-iam.lease.full-pass"
    })
    void unknownNameIsRefusedWithASuggestion(String given, String nearest) {
        assertThat(lines(Map.of(given, "1"), Map.of()))
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
        List<String> lines = lines(Map.of(), Map.of(variable, "1"));

        assertThat(lines.stream().anyMatch(line -> line.startsWith(variable + ": there is no setting")))
                .isEqualTo(refused);
    }

    @Test
    void keyOfAnotherCertificateIsRefused() {
        Path other = ca.issue("dns:other").key();

        assertThat(lines(Map.of("mesos-iam.channel.key-file", other.toString()), Map.of()))
                .containsExactly("mesos-iam.channel.key-file=" + other
                        + ": is not the key of the certificate. Name the certificate's own key.");
    }

    @Test
    void keyInAnotherFormIsRefusedWithTheCommandThatConvertsIt() throws IOException {
        Path file = Files.writeString(
                directory.resolve("pkcs1.key"),
                "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");

        assertThat(lines(Map.of("mesos-iam.channel.key-file", file.toString()), Map.of()))
                .singleElement()
                .asString()
                .contains("\"RSA PRIVATE KEY\"", "openssl pkcs8 -topk8 -nocrypt");
    }

    @Test
    void expiredAndNotYetValidCertificatesAreRefused() {
        assertThat(lines(Map.of(), Map.of(), Instant.now().plus(Duration.ofDays(400))))
                .singleElement()
                .asString()
                .startsWith("mesos-iam.channel.certificate-file=" + identity.certificate() + ": expired at ");
        assertThat(lines(Map.of(), Map.of(), Instant.now().minus(Duration.ofDays(400))))
                .singleElement()
                .asString()
                .contains("is valid from");
    }

    @Test
    void portInUseIsAProblemOutsideTheSettings() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());

            assertThat(problems(Map.of("mesos-iam.channel.port", port), Map.of(), Instant.now()))
                    .singleElement()
                    .satisfies(problem -> {
                        assertThat(problem.kind()).isEqualTo(StartProblem.Kind.SURROUNDINGS);
                        assertThat(problem.line())
                                .startsWith("mesos-iam.channel.port=" + port + ": can't be listened on at 127.0.0.1");
                    });
        }
    }

    static Stream<org.junit.jupiter.params.provider.Arguments> databases() {
        String jdbc = DATABASE.jdbcUrl();
        return Stream.of(
                arguments("quarkus.datasource.jdbc.url", jdbc.replaceFirst("/[^/]*$", "/absent"), "does not exist"),
                arguments(
                        "quarkus.datasource.jdbc.url",
                        "jdbc:postgresql://127.0.0.1:1/x",
                        "can't be reached (connection refused)"),
                arguments(
                        "quarkus.datasource.jdbc.url",
                        "jdbc:postgresql://no.such.invalid/x",
                        "can't be reached (no such host)"),
                arguments("quarkus.datasource.jdbc.url", DATABASE.reactiveUrl(), "is a URL for the other of"),
                arguments("quarkus.datasource.reactive.url", jdbc, "is a URL for the other of"),
                arguments("quarkus.datasource.reactive.url", "mysql://h/d", "is no PostgreSQL URL"),
                arguments(
                        "quarkus.datasource.reactive.url",
                        DATABASE.reactiveUrl() + "_other",
                        "names another server or database than quarkus.datasource.jdbc.url"),
                arguments("quarkus.datasource.jdbc.url", "", "is not set"),
                arguments("quarkus.datasource.username", "", "is not set"),
                arguments("quarkus.flyway.username", "stranger", "PostgreSQL refuses this user"));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void unusableDatabaseIsReported(String setting, String value, String problem) {
        assertThat(lines(Map.of(setting, value), Map.of()))
                .anySatisfy(line -> assertThat(line).contains(problem, setting));
    }

    @Test
    void userWithoutTheRightToConnectIsReported() {
        DATABASE.execute("create role guest login password 'guest'");
        String name = DATABASE.jdbcUrl().replaceFirst("^.*/", "");
        DATABASE.execute("revoke connect on database " + name + " from public");
        try {
            assertThat(lines(
                            Map.of(
                                    "quarkus.datasource.username", "guest",
                                    "quarkus.datasource.password", "guest"),
                            Map.of()))
                    .singleElement()
                    .asString()
                    .contains("has no right to connect");
        } finally {
            DATABASE.execute("grant connect on database " + name + " to public");
            DATABASE.execute("drop role guest");
        }
    }

    @Test
    void swappedDatabaseUsersAreRecognised() {
        try (TestDatabase migrated = TestPostgres.emptyDatabase()) {
            migrated.execute("create role swap_owner login password 'o'");
            migrated.execute("create role swap_app login password 'a'");
            Map<String, String> right = Map.of(
                    "quarkus.datasource.jdbc.url", migrated.jdbcUrl(),
                    "quarkus.datasource.reactive.url", migrated.reactiveUrl(),
                    "quarkus.datasource.username", "swap_app",
                    "quarkus.datasource.password", "a",
                    "quarkus.flyway.username", "swap_owner",
                    "quarkus.flyway.password", "o");
            Map<String, String> swapped = new HashMap<>(right);
            swapped.putAll(Map.of(
                    "quarkus.datasource.username", "swap_owner",
                    "quarkus.datasource.password", "o",
                    "quarkus.flyway.username", "swap_app",
                    "quarkus.flyway.password", "a"));
            String name = migrated.jdbcUrl().replaceFirst("^.*/", "");
            try {
                assertThat(lines(right, Map.of()))
                        .singleElement()
                        .asString()
                        .startsWith("quarkus.flyway.username=swap_owner: may not make tables in this database");

                migrated.execute("alter database " + name + " owner to swap_owner");
                for (boolean tables : new boolean[] {false, true}) {
                    if (tables) {
                        TestPostgres.migrate(migrated.jdbcUrl(), "swap_owner", "o");
                    }
                    assertThat(lines(right, Map.of())).isEmpty();
                    assertThat(lines(swapped, Map.of()))
                            .containsExactly("quarkus.flyway.username=swap_app: doesn't own the tables, and"
                                    + " quarkus.datasource.username=swap_owner does. Swap the two users and their"
                                    + " passwords.");
                }
                swapped.put("quarkus.flyway.migrate-at-start", "false");
                assertThat(lines(swapped, Map.of())).isEmpty();
            } finally {
                migrated.execute("alter database " + name + " owner to postgres");
                migrated.execute("drop owned by swap_owner cascade");
                migrated.execute("drop role swap_owner");
                migrated.execute("drop owned by swap_app");
                migrated.execute("drop role swap_app");
            }
        }
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

        assertThat(lines(Map.of(given, "1"), Map.of()))
                .containsExactly(given + ": there is no setting of this name. Did you mean " + nearest
                        + "? See docs/controller.md.");
        assertThat(lines(Map.of(), Map.of(variable, "1")))
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
        assertThat(lines(Map.of(name, "1"), Map.of())).isEmpty();
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
                "quarkus.tls.\"masters\".trust-all",
            })
    void unsupportedSettingIsReportedOnceInEachForm(String name) {
        String variable = name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");

        // refused with the safe value too: values are not compared
        assertThat(lines(Map.of(name, "true"), Map.of()))
                .singleElement()
                .asString()
                .startsWith(name + ": is a setting of Quarkus that a controller doesn't take. Remove it. ");
        assertThat(lines(Map.of(), Map.of(variable, "")))
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
        assertThat(lines(Map.of(), Map.of(variable, "")))
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
        assertThat(lines(Map.of(), Map.of(variable, "1"))).isEmpty();
    }

    @Test
    void onlyTheInvalidMasterOrAliasIsNamed() {
        assertThat(lines(Map.of("mesos-iam.mesos.masters", "http://A,http://a:80/"), Map.of()))
                .containsExactly("mesos-iam.mesos.masters=http://a:80/: is listed twice. Write each master once.");
        assertThat(lines(Map.of("mesos-iam.mesos.alias", "b=http://b:5050,a=http://a:5050/x"), Map.of()))
                .containsExactly("mesos-iam.mesos.alias=http://a:5050/x: has something after the port. Write"
                        + " http://host:port or https://host:port.");
    }

    @Test
    void trailingCommaInTheListOfMastersIsReported() {
        assertThat(lines(Map.of("mesos-iam.mesos.masters", "http://a:5050,"), Map.of()))
                .singleElement()
                .asString()
                .contains("has a comma without a URL on each side. Remove the comma");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void healthAndMetricsMayListenOnTheNetwork(String host) {
        assertThat(lines(Map.of("quarkus.management.host", host), Map.of())).isEmpty();
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
        String port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = String.valueOf(free.getLocalPort());
        }
        List<String> lines = lines(
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
        List<String> lines = lines(
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
        assertThat(lines(Map.of("mesos-iam.mesos.principal", "p"), Map.of()))
                .singleElement()
                .asString()
                .startsWith("mesos-iam.mesos.secret-file: is not set");
        assertThat(lines(Map.of("mesos-iam.mesos.secret-file", identity.key().toString()), Map.of()))
                .singleElement()
                .asString()
                .startsWith("mesos-iam.mesos.principal: is not set");
    }

    @Test
    void emptyPasswordAndEmptyMigrationUserAreReportedInOneLineEach() {
        assertThat(lines(Map.of("quarkus.datasource.password", ""), Map.of()))
                .containsExactly(
                        "quarkus.datasource.password: is not set, since its value is empty. Give it a value, or"
                                + " remove it.");
        DATABASE.execute("create role emptied login password 'e'");
        try {
            assertThat(lines(
                            Map.of(
                                    "quarkus.datasource.username", "emptied",
                                    "quarkus.datasource.password", "e",
                                    "quarkus.flyway.username", ""),
                            Map.of()))
                    .containsExactly(
                            "quarkus.flyway.username: is not set, since its value is empty. Give it a value, or"
                                    + " remove it.");
        } finally {
            DATABASE.execute("drop role emptied");
        }
    }

    @Test
    void warnsOfCertificateWithoutNamesAndOfCaFileWithoutAuthority() {
        TestCa.Identity nameless = ca.issueWithoutNames("controller");
        String leaf = identity.certificate().toString();

        assertThat(warnings(Map.of())).noneMatch(line -> line.contains("-file="));
        for (TestCa.Identity unnamed : List.of(nameless, ca.issue("email:ops@example.com"))) {
            assertThat(warnings(Map.of(
                            "mesos-iam.channel.certificate-file",
                            unnamed.certificate().toString())))
                    .anyMatch(line -> line.startsWith("mesos-iam.channel.certificate-file=" + unnamed.certificate()
                            + ": has no DNS name and no IP address"));
        }
        for (String setting : List.of("mesos-iam.channel.ca-file", "mesos-iam.mesos.ca-file")) {
            assertThat(warnings(Map.of(setting, leaf)))
                    .anyMatch(line -> line.startsWith(setting + "=" + leaf + ": has no certificate of an authority"));
        }
    }

    private static List<String> warnings(Map<String, String> different) {
        return StartCheck.warnings(config(different)).stream()
                .map(StartProblem::line)
                .toList();
    }

    private static List<String> lines(Map<String, String> different, Map<String, String> environment) {
        return lines(different, environment, Instant.now());
    }

    private static List<String> lines(Map<String, String> different, Map<String, String> environment, Instant now) {
        return problems(different, environment, now).stream()
                .map(StartProblem::line)
                .toList();
    }

    private static List<StartProblem> problems(
            Map<String, String> different, Map<String, String> environment, Instant now) {
        return StartCheck.problems(config(different), environment, now);
    }

    private static SmallRyeConfig config(Map<String, String> different) {
        Map<String, String> settings = new HashMap<>(Map.ofEntries(
                Map.entry("quarkus.http.host", "127.0.0.1"),
                Map.entry("quarkus.http.port", "0"),
                Map.entry("quarkus.datasource.jdbc.url", DATABASE.jdbcUrl()),
                Map.entry("quarkus.datasource.reactive.url", DATABASE.reactiveUrl()),
                Map.entry("quarkus.datasource.username", DATABASE.user()),
                Map.entry("quarkus.datasource.password", DATABASE.password()),
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
}
