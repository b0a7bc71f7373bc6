package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Leases of a framework in a whole controller's database, and their revocation by its API. */
abstract class RevocationFixture {
    @ConfigProperty(name = "quarkus.datasource.jdbc.url")
    String url;

    @ConfigProperty(name = "quarkus.datasource.username")
    String user;

    @ConfigProperty(name = "quarkus.datasource.password")
    String password;

    final String framework = "f-" + UUID.randomUUID();
    final String role = "arn:aws:iam::123456789012:role/mesos/r-" + UUID.randomUUID();

    static Response revoke(String body) {
        return revoke(body, Map.of("confirm", 1_000));
    }

    static Response revoke(String body, Map<String, Object> parameters) {
        return given().contentType(ContentType.JSON)
                .queryParam("reason", "INC-17")
                .queryParams(parameters)
                .body(body)
                .post("/api/v1/revocations");
    }

    UUID lease(String task, String sessionName) throws SQLException {
        UUID id = UUID.randomUUID();
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "insert into lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name,"
                            + " iam_role_arn, policy_id, identity_hash, session_name, witnessed, created_at, state, expiration, renew_at)"
                            + " values ('%s', '%s', '%s', 'agent-1', 1, 'default', '%s', gen_random_uuid(), repeat('0', 64), '%s', true, now(),"
                                    .formatted(id, framework, task, role, sessionName)
                            + " 'active', '2099-01-02 03:04:05+00', '2099-01-02 03:00:00+00')");
        }
        return id;
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    String one(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
