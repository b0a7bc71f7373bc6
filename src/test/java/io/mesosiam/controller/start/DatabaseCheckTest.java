package io.mesosiam.controller.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Start checks of the users and tables of the database. */
class DatabaseCheckTest {
    private static final String APPLICATION = "check_app";
    private static final String OWNER = "check_owner";

    private TestDatabase database;

    @BeforeEach
    void makeUsers() {
        database = TestPostgres.emptyDatabase();
        database.execute("create role check_app login password 'a'");
        database.execute("create role check_owner login password 'o'");
        database.execute("alter database " + name() + " owner to check_owner");
    }

    @AfterEach
    void drop() {
        database.execute("alter database " + name() + " owner to postgres");
        database.execute("drop owned by check_owner cascade");
        database.execute("drop owned by check_app cascade");
        database.execute("drop role check_owner");
        database.execute("drop role check_app");
        database.close();
    }

    @Test
    void missingOwnerIsReportedWithTheUserThatMayNotMigrate() {
        assertThat(lines(Map.of()))
                .singleElement()
                .asString()
                .startsWith(
                        "quarkus.flyway.username: is not set, and quarkus.datasource.username=check_app may not run the"
                                + " migrations (permission denied). Name the database's owner here and its password in"
                                + " quarkus.flyway.password");
        assertThat(lines(Map.of("quarkus.flyway.migrate-at-start", "false"))).isEmpty();
    }

    @Test
    void foreignTablesAreRecognised() {
        database.execute("create table invoice (id int)");

        assertThat(lines(owner()))
                .singleElement()
                .asString()
                .contains("this database has tables of something else. Make a database for mesos-iam alone");
    }

    @Test
    void migrationsRunByHandAreRecognisedAndCanBeRecorded() throws IOException {
        runByHand(Integer.MAX_VALUE);
        for (Map<String, String> settings :
                List.of(owner(), Map.<String, String>of(), Map.of("quarkus.flyway.migrate-at-start", "false"))) {
            assertThat(lines(settings))
                    .singleElement()
                    .asString()
                    .contains("the migrations were run by hand. Record them: see docs/controller.md");
        }

        record(lastNumber());

        assertThat(lines(owner())).isEmpty();
        assertThat(flyway().info().pending()).isEmpty();
        assertThat(flyway().migrate().migrationsExecuted).isZero();
    }

    /** A site returns to migrations at start, or records them again after an upgrade by hand. */
    @Test
    void migrationsContinueAfterTheRecordedVersion() throws IOException {
        runByHand(10);
        record("010");
        assertThat(flyway().info().pending()).isNotEmpty();

        assertThat(flyway().migrate().migrationsExecuted).isPositive();

        record(lastNumber());
        assertThat(flyway().info().pending()).isEmpty();
        assertThat(flyway().migrate().migrationsExecuted).isZero();
    }

    @Test
    void superuserAndOwnerOfTheAuditTrailCauseWarnings() {
        assertThat(warnings("postgres", "postgres"))
                .singleElement()
                .asString()
                .contains("is a superuser of PostgreSQL");
        assertThat(warnings(OWNER, "o")).isEmpty();

        TestPostgres.migrate(database.jdbcUrl(), OWNER, "o");

        assertThat(warnings(OWNER, "o")).singleElement().asString().contains("owns the table audit_event");
        assertThat(warnings(APPLICATION, "a")).isEmpty();
    }

    private void runByHand(int last) throws IOException {
        for (Path file : migrations()) {
            if (Integer.parseInt(number(file)) <= last) {
                asOwner(Files.readString(file));
            }
        }
    }

    private void record(String version) throws IOException {
        asOwner(Files.readString(Path.of("packaging/record-migrations.sql"))
                .replace(":'version'", "'" + version + "'"));
    }

    private void asOwner(String sql) {
        database.execute("set session authorization check_owner; " + sql + "; reset session authorization");
    }

    private Flyway flyway() {
        return Flyway.configure()
                .dataSource(database.jdbcUrl(), OWNER, "o")
                .locations("classpath:db/migration")
                .load();
    }

    private static String lastNumber() throws IOException {
        return number(migrations().getLast());
    }

    private static String number(Path file) {
        return file.getFileName().toString().replaceFirst("^V(\\d+)__.*$", "$1");
    }

    private static List<Path> migrations() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("migrations"))) {
            return files.sorted().toList();
        }
    }

    private Map<String, String> owner() {
        return Map.of("quarkus.flyway.username", OWNER, "quarkus.flyway.password", "o");
    }

    private String name() {
        return database.jdbcUrl().replaceFirst("^.*/", "");
    }

    private List<String> lines(Map<String, String> different) {
        return lines(DatabaseCheck.problems(settings(APPLICATION, "a", different)));
    }

    private List<String> warnings(String user, String password) {
        return lines(DatabaseCheck.warnings(settings(user, password, Map.of())));
    }

    private static List<String> lines(List<StartProblem> problems) {
        return problems.stream().map(StartProblem::line).toList();
    }

    private Settings settings(String user, String password, Map<String, String> different) {
        Map<String, String> given = new HashMap<>(Map.of(
                "quarkus.datasource.jdbc.url",
                database.jdbcUrl(),
                "quarkus.datasource.reactive.url",
                database.reactiveUrl(),
                "quarkus.datasource.username",
                user,
                "quarkus.datasource.password",
                password));
        given.putAll(different);
        return new Settings(new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new PropertiesConfigSource(given, "test", 100))
                .build());
    }
}
