package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;

import io.mesosiam.fakes.TimeLimit;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The audit trail as lines of JSON. */
@QuarkusTest
@WithTestResource(ClusterForController.class)
class AuditExportTest {
    private static final String PATH = "/api/v1/audit-events";
    /** More than an export reads at a time, twice. */
    private static final int MANY = 1100;

    private static boolean written;

    @TestHTTPResource("/")
    URI api;

    @ConfigProperty(name = "quarkus.datasource.jdbc.url")
    String url;

    @ConfigProperty(name = "quarkus.datasource.username")
    String user;

    @ConfigProperty(name = "quarkus.datasource.password")
    String password;

    @BeforeEach
    void write() {
        if (written) {
            return;
        }
        execute("insert into audit_event (kind, actor, message)"
                + " select 'sign-in.refused', 'oidc:many', 'event ' || n from generate_series(1, " + MANY + ") as n");
        execute("insert into audit_event (kind, actor, message)"
                + " select 'sign-in.refused', 'oidc:three', 'change ' || n from generate_series(1, 3) as n");
        written = true;
    }

    private void execute(String sql) {
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    @Test
    void anExportHasALineForEachEventTheOldestFirst() {
        String lines = given().accept("application/x-ndjson")
                .get(PATH + "?actor=oidc:three")
                .then()
                .statusCode(200)
                .contentType("application/x-ndjson")
                .extract()
                .asString();

        assertThat(lines.lines().map(JsonObject::new).map(event -> event.getString("message")))
                .containsExactly("change 1", "change 2", "change 3");
        assertThat(lines).endsWith("\n");
    }

    @Test
    void anExportOfMoreThanOneReadHasEachEventOnce() {
        String lines = given().accept("application/x-ndjson")
                .get(PATH + "?actor=oidc:many")
                .then()
                .statusCode(200)
                .extract()
                .asString();

        assertThat(lines.lines().map(JsonObject::new).map(event -> event.getString("message")))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, MANY)
                        .mapToObj(n -> "event " + n)
                        .toList());
    }

    @Test
    void anExportGoesOnAfterTheEventOfTheCursor() {
        List<JsonObject> all = export("?actor=oidc:three");
        List<JsonObject> rest =
                export("?actor=oidc:three&cursor=" + all.getFirst().getString("id"));

        assertThat(rest).hasSize(2).isEqualTo(all.subList(1, 3));
    }

    /** A time without end, which no controller writes, can't be read. */
    @Test
    void anExportThatFailsOnTheWayHasNoRegularEnd() {
        // a row from before the constraint
        execute("alter table audit_event drop constraint audit_event_reported_at_range");
        execute("insert into audit_event (kind, actor, message, reported_at)"
                + " select 'sign-in.refused', 'oidc:broken', repeat('x', 1000), case n when 600 then 'infinity'::timestamptz end"
                + " from generate_series(1, 600) as n");
        try {
            given().get(PATH + "?actor=oidc:broken").then().statusCode(503).body("code", equalTo("unavailable"));
            assertThatThrownBy(() -> export("?actor=oidc:broken")).isInstanceOf(IOException.class);
        } finally {
            execute("delete from audit_event where actor = 'oidc:broken'");
            execute("alter table audit_event add constraint audit_event_reported_at_range check ("
                    + "reported_at >= '0001-01-01 00:00:00+00' and reported_at < '10000-01-01 00:00:00+00')");
        }
    }

    /** Each export has a page of events in memory while its caller doesn't read. */
    @Test
    void aCallerHasEightExportsAtATime() throws Exception {
        // more than the buffers of a connection hold
        execute("insert into audit_event (kind, actor, message)"
                + " select 'sign-in.refused', 'oidc:large', repeat('x', 4000) from generate_series(1, 10000) as n");
        // of its own, because an export that another test has read may not have ended yet
        String token = token();
        // with HTTP/2 all exports share a connection, and an unread export delays the others
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        try {
            List<InputStream> open = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                HttpResponse<InputStream> export =
                        http.send(request("oidc:large", token), BodyHandlers.ofInputStream());
                assertThat(export.statusCode()).isEqualTo(200);
                open.add(export.body());
            }

            assertThat(http.send(request("oidc:three", token), BodyHandlers.ofString())
                            .body())
                    .contains("\"too-many-streams\"");
            for (InputStream export : open) {
                export.close();
            }
            Awaitility.await("ended exports make room")
                    .atMost(TimeLimit.seconds(20))
                    .until(() -> http.send(request("oidc:three", token), BodyHandlers.ofString())
                                    .body()
                                    .lines()
                                    .count()
                            == 3);
        } finally {
            http.shutdownNow();
        }
    }

    private static String token() {
        return given().contentType(ContentType.JSON)
                .body("{\"name\": \"exports\", \"roles\": [\"auditor\"], \"expiresAt\": \"%s\"}"
                        .formatted(Instant.now().plus(Duration.ofHours(1))))
                .post("/api/v1/tokens")
                .then()
                .statusCode(201)
                .extract()
                .jsonPath()
                .getString("token");
    }

    private HttpRequest request(String actor, String token) {
        return HttpRequest.newBuilder(api.resolve(PATH + "?actor=" + actor))
                .timeout(TimeLimit.seconds(20))
                .header("Authorization", "Bearer " + token)
                .header("Accept", "application/x-ndjson")
                .build();
    }

    private static List<JsonObject> export(String query) {
        return given().accept("application/x-ndjson")
                .get(PATH + query)
                .then()
                .statusCode(200)
                .extract()
                .asString()
                .lines()
                .map(JsonObject::new)
                .toList();
    }

    @Test
    void anExportHasNoLimit() {
        given().accept("application/x-ndjson")
                .get(PATH + "?limit=5")
                .then()
                .statusCode(400)
                .body("errors.field", contains("limit"));
    }
}
