package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The controller jar as an operator starts it: its output and exit code. */
class ControllerStartIT {
    private static final String STACK_TRACE = "\tat ";
    private static final Pattern SQL_BLOCK =
            Pattern.compile("### Set up the database.*?```sql\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path directory;

    /** The output of a process, and its exit code. */
    private record Ended(int code, String printed) {}

    @Test
    void eachMissingSettingIsReportedInOneLine() throws Exception {
        Ended ended = run(Map.of("QUARKUS_HTTP_PORT", "0", "QUARKUS_MANAGEMENT_PORT", "0"));

        assertThat(ended.code).isEqualTo(2);
        assertThat(ended.printed.lines()).hasSize(6).allMatch(line -> line.contains(": is not set. "));
    }

    @Test
    void unreadableQuarkusSettingIsReportedInOneLine() throws Exception {
        try (TestDatabase database = TestPostgres.database()) {
            Map<String, String> settings = settings(database, database.user(), database.password());
            settings.put("QUARKUS_SHUTDOWN_TIMEOUT", "soon");

            Ended ended = run(settings);

            assertThat(ended.code).as(ended.printed).isNotZero();
            assertThat(ended.printed).contains("can not start: ", "soon").doesNotContain(STACK_TRACE);
        }
    }

    @Test
    void helpAndVersionArePrinted() throws Exception {
        assertThat(run(Map.of(), "--help").printed).startsWith("usage: ");
        assertThat(run(Map.of(), "--version").printed).matches("mesos-iam-controller \\S+\\R");
        assertThat(run(Map.of(), "--nonsense").code).isEqualTo(2);
    }

    @Test
    void databaseOfANewerControllerIsRefusedWithOneLine() throws Exception {
        try (TestDatabase database = TestPostgres.database()) {
            database.execute("""
                    insert into flyway_schema_history
                        (installed_rank, version, description, type, script, installed_by, execution_time, success)
                    values (999, '999', 'of the future', 'SQL', 'V999__of_the_future.sql', current_user, 1, true)""");

            Ended ended = run(settings(database, database.user(), database.password()));

            assertThat(ended.code).as(ended.printed).isEqualTo(1);
            assertThat(ended.printed)
                    .contains("can not start: the database has schema version 999, this controller knows ")
                    .doesNotContain(STACK_TRACE);
        }
    }

    @Test
    void databaseThatMayNotBeMigratedIsRefusedWithOneLine() throws Exception {
        try (TestDatabase database = TestPostgres.emptyDatabase()) {
            Map<String, String> settings = settings(database, database.user(), database.password());
            settings.put("QUARKUS_FLYWAY_MIGRATE_AT_START", "false");

            Ended ended = run(settings);

            assertThat(ended.code).as(ended.printed).isEqualTo(1);
            assertThat(ended.printed)
                    .contains("can not start: the database has an older schema than version ")
                    .doesNotContain(STACK_TRACE);
        }
    }

    @Test
    void databaseUserWithoutOwnerRightsCannotMigrateAndIsReported() throws Exception {
        try (TestDatabase database = TestPostgres.emptyDatabase()) {
            database.execute("create role not_owner login password 'x'");
            try {
                Ended ended = run(settings(database, "not_owner", "x"));

                assertThat(ended.code).as(ended.printed).isEqualTo(1);
                assertThat(ended.printed).contains("permission denied").doesNotContain(STACK_TRACE);
            } finally {
                database.execute("drop role not_owner");
            }
        }
    }

    /** Runs the statements of docs/controller.md, then the first start with the two users that they create. */
    @Test
    void firstStartSucceedsWithTheTwoDocumentedUsers() throws Exception {
        Matcher documented = SQL_BLOCK.matcher(Files.readString(Path.of("docs/controller.md")));
        assertThat(documented.find()).isTrue();
        try (TestDatabase server = TestPostgres.emptyDatabase()) {
            // one at a time: a database can't be created within a transaction of several statements
            documented
                    .group(1)
                    .lines()
                    // roles belong to the whole server: the migrations of another test may have created this one
                    .filter(statement ->
                            !statement.startsWith("create role mesos_iam_app ") || !exists(server, "mesos_iam_app"))
                    .forEach(server::execute);
            Map<String, String> settings = settings(server, "mesosiam", "choose-one");
            settings.replaceAll(
                    (name, value) -> name.endsWith("_URL") ? value.replaceFirst("/[^/]*$", "/mesosiam") : value);
            settings.put("QUARKUS_FLYWAY_USERNAME", "mesosiam_owner");
            settings.put("QUARKUS_FLYWAY_PASSWORD", "choose-another");

            Process controller = start(settings);
            try (BufferedReader printed = controller.inputReader(StandardCharsets.UTF_8)) {
                List<String> lines = new ArrayList<>();
                String line = printed.readLine();
                while (line != null && !line.contains("started in")) {
                    lines.add(line);
                    line = printed.readLine();
                }
                assertThat(line).as(String.join("\n", lines)).isNotNull();
                assertThat(lines).noneMatch(text -> text.contains("permission denied") || text.contains(STACK_TRACE));
                assertThat(lines).noneMatch(text -> text.contains("setval") || text.contains("already registered"));
            } finally {
                controller.destroy();
                assertThat(controller.waitFor(TimeLimit.seconds(20).toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                server.execute("drop database mesosiam with (force)");
                List.of("mesosiam", "mesosiam_owner").forEach(user -> server.execute("drop role " + user));
            }
        }
    }

    private static boolean exists(TestDatabase server, String role) {
        return !server.query("select 1 from pg_roles where rolname = '" + role + "'")
                .isEmpty();
    }

    private Map<String, String> settings(TestDatabase database, String user, String password) {
        TestCa ca = TestCa.in(directory);
        TestCa.Identity identity = ca.issue("dns:localhost");
        return new HashMap<>(Map.ofEntries(
                Map.entry("QUARKUS_DATASOURCE_JDBC_URL", database.jdbcUrl()),
                Map.entry("QUARKUS_DATASOURCE_REACTIVE_URL", database.reactiveUrl()),
                Map.entry("QUARKUS_DATASOURCE_USERNAME", user),
                Map.entry("QUARKUS_DATASOURCE_PASSWORD", password),
                Map.entry("QUARKUS_HTTP_PORT", "0"),
                Map.entry("QUARKUS_MANAGEMENT_PORT", "0"),
                Map.entry("MESOS_IAM_MESOS_MASTERS", "http://127.0.0.1:1"),
                Map.entry("MESOS_IAM_STS_REGION", "eu-west-1"),
                Map.entry("MESOS_IAM_CHANNEL_HOST", "127.0.0.1"),
                Map.entry("MESOS_IAM_CHANNEL_PORT", "0"),
                Map.entry(
                        "MESOS_IAM_CHANNEL_CERTIFICATE_FILE",
                        identity.certificate().toString()),
                Map.entry("MESOS_IAM_CHANNEL_KEY_FILE", identity.key().toString()),
                Map.entry("MESOS_IAM_CHANNEL_CA_FILE", ca.certificateFile().toString())));
    }

    private Ended run(Map<String, String> settings, String... arguments) throws IOException, InterruptedException {
        Process process = start(settings, arguments);
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), printed);
    }

    private Process start(Map<String, String> settings, String... arguments) throws IOException {
        return ControllerProcess.program(directory, settings, arguments).start();
    }
}
