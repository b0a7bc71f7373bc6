package io.mesosiam.controller.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.sun.net.httpserver.HttpServer;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs and users of the database. */
class DatabaseSettingsTest extends SettingsFixture {
    static Stream<Arguments> databases() {
        String jdbc = settings.database.jdbcUrl();
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
                arguments("quarkus.datasource.jdbc.url", settings.database.reactiveUrl(), "is a URL for the other of"),
                arguments("quarkus.datasource.reactive.url", jdbc, "is a URL for the other of"),
                arguments("quarkus.datasource.reactive.url", "mysql://h/d", "is no PostgreSQL URL"),
                arguments(
                        "quarkus.datasource.reactive.url",
                        settings.database.reactiveUrl() + "_other",
                        "names another server or database than quarkus.datasource.jdbc.url"),
                arguments("quarkus.datasource.jdbc.url", jdbc + "?sslmode=require", "asks for TLS"),
                arguments("quarkus.datasource.jdbc.url", jdbc + "?sslmode=maybe", "has a parameter that can't be used"),
                arguments("quarkus.datasource.jdbc.url", "\"" + jdbc + "\"", "is in quotes"),
                arguments(
                        "quarkus.datasource.jdbc.url",
                        "jdbc:postgresql://h:54x/d",
                        "has a server that is not host:port"),
                arguments(
                        "quarkus.datasource.jdbc.url",
                        "jdbc:postgresql://h:70000/d",
                        "has a server that is not host:port"),
                arguments("quarkus.datasource.jdbc.url", "jdbc:postgresql://::1:5432/d", "an IPv6 address in brackets"),
                arguments(
                        "quarkus.datasource.reactive.url", "postgresql://h:x/d", "has a server that is not host:port"),
                arguments("quarkus.datasource.jdbc.url", "", "is not set"),
                arguments("quarkus.datasource.username", "", "is not set"),
                arguments("quarkus.datasource.admin.username", "stranger", "PostgreSQL refuses this user"),
                arguments("quarkus.flyway.username", "stranger", "PostgreSQL refuses this user"));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void unusableDatabaseIsReported(String setting, String value, String problem) {
        assertThat(settings.lines(Map.of(setting, value), Map.of()))
                .anySatisfy(line -> assertThat(line).contains(problem, setting));
    }

    @Test
    void settingsForAPoolerAreNeededWhereOnlySessionsGoToPostgresql() {
        Map<String, String> pooler = new HashMap<>(Map.of(
                "quarkus.datasource.reactive.url",
                "postgresql://pooler:6432/mesosiam",
                "quarkus.datasource.session.reactive.url",
                settings.database.reactiveUrl()));

        assertThat(settings.lines(pooler, Map.of()))
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).contains("use-layer7-proxy=false: is not true"),
                        line -> assertThat(line).contains("cache-prepared-statements=true: is not false"));

        pooler.put("quarkus.datasource.reactive.postgresql.use-layer7-proxy", "true");
        pooler.put("quarkus.datasource.reactive.cache-prepared-statements", "false");
        assertThat(settings.lines(pooler, Map.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://user:hunter2@127.0.0.1:1/d",
                "jdbc:postgresql://user:12/hunter2@127.0.0.1:1/d",
                "jdbc:postgresql://127.0.0.1:x/d?user=u&password=hunter2",
                "jdbc:postgresql://127.0.0.1:1/d?password=hunter2",
                "jdbc:mysql://user:hunter2@h/d"
            })
    void passwordInAUrlIsNotShown(String url) {
        assertThat(settings.lines(Map.of("quarkus.datasource.jdbc.url", url), Map.of()))
                .isNotEmpty()
                .noneMatch(line -> line.contains("hunter2"));
    }

    @Test
    void databaseThatCannotBeWrittenToOrHoldTextsIsReported() {
        settings.database.execute(
                "create database latin encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0");
        settings.database.execute("create database quiet");
        settings.database.execute("alter database quiet set default_transaction_read_only = on");
        try {
            assertThat(linesOf("latin")).singleElement().asString().contains("has the encoding LATIN1");
            assertThat(linesOf("quiet")).singleElement().asString().contains("is read-only");
        } finally {
            settings.database.execute("drop database latin");
            settings.database.execute("drop database quiet");
        }
    }

    @Test
    void serverOfAnotherProtocolIsReported() throws Exception {
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.start();
        try {
            String place = "127.0.0.1:" + other.getAddress().getPort() + "/d";
            assertThat(settings.lines(
                            Map.of(
                                    "quarkus.datasource.jdbc.url", "jdbc:postgresql://" + place,
                                    "quarkus.datasource.reactive.url", "postgresql://" + place),
                            Map.of()))
                    .singleElement()
                    .asString()
                    .startsWith("quarkus.datasource.jdbc.url=jdbc:postgresql://" + place)
                    .contains("the database can't be reached");
        } finally {
            other.stop(0);
        }
    }

    private static List<String> linesOf(String database) {
        return settings.lines(
                Map.of(
                        "quarkus.datasource.jdbc.url",
                        settings.database.jdbcUrl().replaceFirst("/[^/]*$", "/" + database),
                        "quarkus.datasource.reactive.url",
                        settings.database.reactiveUrl().replaceFirst("/[^/]*$", "/" + database)),
                Map.of());
    }

    @Test
    void userWithoutTheRightToConnectIsReported() {
        settings.database.execute("create role guest login password 'guest'");
        String name = settings.database.jdbcUrl().replaceFirst("^.*/", "");
        settings.database.execute("revoke connect on database " + name + " from public");
        try {
            assertThat(settings.lines(
                            Map.of(
                                    "quarkus.datasource.username", "guest",
                                    "quarkus.datasource.password", "guest"),
                            Map.of()))
                    .singleElement()
                    .asString()
                    .contains("has no right to connect");
        } finally {
            settings.database.execute("grant connect on database " + name + " to public");
            settings.database.execute("drop role guest");
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
                assertThat(settings.lines(right, Map.of()))
                        .singleElement()
                        .asString()
                        .startsWith("quarkus.flyway.username=swap_owner: may not make tables in this database");

                migrated.execute("alter database " + name + " owner to swap_owner");
                for (boolean tables : new boolean[] {false, true}) {
                    if (tables) {
                        TestPostgres.migrate(migrated.jdbcUrl(), "swap_owner", "o");
                    }
                    assertThat(settings.lines(right, Map.of())).isEmpty();
                    assertThat(settings.lines(swapped, Map.of()))
                            .containsExactly("quarkus.flyway.username=swap_app: doesn't own the tables, and"
                                    + " quarkus.datasource.username=swap_owner does. Swap the two users and their"
                                    + " passwords.");
                }
                swapped.put("quarkus.flyway.migrate-at-start", "false");
                assertThat(settings.lines(swapped, Map.of())).isEmpty();
            } finally {
                migrated.execute("alter database " + name + " owner to postgres");
                migrated.execute("drop owned by swap_owner cascade");
                migrated.execute("drop role swap_owner");
                migrated.execute("drop owned by swap_app");
                migrated.execute("drop role swap_app");
            }
        }
    }

    @Test
    void emptyPasswordAndEmptyMigrationUserAreReportedInOneLineEach() {
        assertThat(settings.lines(Map.of("quarkus.datasource.password", ""), Map.of()))
                .containsExactly(
                        "quarkus.datasource.password: is not set, since its value is empty. Give it a value, or"
                                + " remove it.");
        settings.database.execute("create role emptied login password 'e'");
        try {
            assertThat(settings.lines(
                            Map.of(
                                    "quarkus.datasource.username", "emptied",
                                    "quarkus.datasource.password", "e",
                                    "quarkus.flyway.username", ""),
                            Map.of()))
                    .containsExactly(
                            "quarkus.flyway.username: is not set, since its value is empty. Give it a value, or"
                                    + " remove it.");
        } finally {
            settings.database.execute("drop role emptied");
        }
    }
}
