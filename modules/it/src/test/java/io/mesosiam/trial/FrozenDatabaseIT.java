package io.mesosiam.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.controller.ControllerProcess;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPort;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests to a controller whose PostgreSQL keeps its connections open and answers nothing. */
class FrozenDatabaseIT {
    private static final Duration ANSWER = TimeLimit.seconds(30);

    /** Lets the commit of a withdrawal wait as long as another session holds the lock. */
    private static final String SLOW_COMMIT = """
            create function wait_at_commit() returns trigger language plpgsql as $$
            begin
                while not pg_try_advisory_xact_lock_shared(7) loop
                    perform pg_sleep(0.05);
                end loop;
                return null;
            end $$;
            create constraint trigger waits after insert on withdrawal deferrable initially deferred
                for each row when (new.reason = 'slow') execute function wait_at_commit()""";

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private URI api;

    @Test
    void revocationsAreAnsweredAndSayWhatIsKnownOfTheirOutcome() throws Exception {
        TestCa ca = TestCa.in(directory);
        try (TestDatabase beside = TestPostgres.database();
                PostgresServer postgres = server(programs(beside));
                SandboxMaster master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
                SandboxSts sts = SandboxSts.start()) {
            Map<String, String> settings =
                    ControllerProcess.settings(beside, master, sts, ca, ca.issue("dns:localhost"));
            int port = TestPort.claim();
            api = URI.create("http://127.0.0.1:" + port);
            settings.putAll(Map.of(
                    "QUARKUS_HTTP_PORT",
                    String.valueOf(port),
                    "MESOS_IAM_API_PLAIN_HTTP",
                    "true",
                    "MESOS_IAM_SIGN_IN_LOOPBACK_ROLES",
                    "admin",
                    "QUARKUS_DATASOURCE_JDBC_URL",
                    "jdbc:" + postgres.url("iam"),
                    "QUARKUS_DATASOURCE_REACTIVE_URL",
                    postgres.url("iam"),
                    "QUARKUS_DATASOURCE_USERNAME",
                    PostgresServer.USER,
                    "QUARKUS_DATASOURCE_PASSWORD",
                    PostgresServer.USER));
            try (ControllerProcess controller = ControllerProcess.start(
                            directory,
                            "controller-1",
                            Path.of(System.getProperty("mesosiam.controller.jar")),
                            List.of("-XX:TieredStopAtLevel=1"),
                            settings);
                    Connection psql = postgres.connect("iam");
                    Statement statement = psql.createStatement()) {
                controller.awaitReady();
                long locked = count(statement, "select count(*) from (select pg_advisory_lock(7)) as locked");
                CompletableFuture<HttpResponse<String>> committing = revoke("slow-task", "slow");
                Awaitility.await("a commit waits").atMost(ANSWER).until(() -> count(statement, """
                                select count(*) from pg_stat_activity
                                where query ilike 'commit%' and state = 'active'""") == 1);

                postgres.freeze();
                CompletableFuture<HttpResponse<String>> waiting = revoke("other-task", "quick");
                CompletableFuture<HttpResponse<String>> listing = send("GET", "/api/v1/withdrawals", "");

                assertUnavailable(committing.join(), "it is not known whether the change is stored");
                assertUnavailable(waiting.join(), "nothing has changed");
                assertUnavailable(listing.join(), "has not answered within 20 s");

                postgres.thaw();
                assertThat(count(statement, "select count(*) from (select pg_advisory_unlock(7)) as unlocked"))
                        .isEqualTo(locked);
                Awaitility.await("the connections are usable again")
                        .atMost(ANSWER)
                        .until(() -> count(statement, """
                                select count(*) from pg_stat_activity
                                where application_name <> '' and state <> 'idle' and pid <> pg_backend_pid()""") == 0);
                assertThat(tasks(statement)).isEqualTo("slow-task");
                assertThat(revoke("other-task", "quick").join().statusCode()).isEqualTo(201);
                assertThat(tasks(statement)).isEqualTo("other-task slow-task");
                assertThat(controller.text()).doesNotContain("dropped", "Mutiny");
            }
        }
    }

    /** The programs of the server that other tests of this JVM share, which must not be frozen itself. */
    private static Path programs(TestDatabase database) {
        Path programs = Path.of(database.query("select setting from pg_config where name = 'BINDIR'")
                .getFirst());
        assumeTrue(Files.exists(programs.resolve("postgres")), "PostgreSQL runs in a container");
        return programs;
    }

    private PostgresServer server(Path programs) throws Exception {
        Path data = directory.resolve("data");
        PostgresServer.initialize(programs, data);
        PostgresServer server = new PostgresServer(programs, data, List.of(), Map.of()).start();
        server.execute("postgres", "create database iam");
        TestPostgres.migrate("jdbc:" + server.url("iam"), PostgresServer.USER, PostgresServer.USER);
        server.execute("iam", SLOW_COMMIT);
        return server;
    }

    private CompletableFuture<HttpResponse<String>> revoke(String task, String reason) {
        return send(
                "POST",
                "/api/v1/revocations?reason=" + reason,
                "{\"frameworkId\":\"f-1\",\"taskId\":\"" + task + "\"}");
    }

    private CompletableFuture<HttpResponse<String>> send(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(api.resolve(path))
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        return http.sendAsync(request, BodyHandlers.ofString());
    }

    private static void assertUnavailable(HttpResponse<String> answer, String detail) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.body()).contains("\"code\":\"unavailable\"", detail);
    }

    private static String tasks(Statement statement) throws Exception {
        try (ResultSet rows =
                statement.executeQuery("select string_agg(task_id, ' ' order by task_id) from withdrawal")) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static long count(Statement statement, String sql) throws Exception {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
