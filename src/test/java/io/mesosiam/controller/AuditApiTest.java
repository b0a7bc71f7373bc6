package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The audit trail by the API. */
@QuarkusTest
@WithTestResource(ClusterForController.class)
class AuditApiTest {
    private static final String PATH = "/api/v1/audit-events";

    private static boolean written;

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
        execute("insert into audit_event (kind, actor, outcome, task_id, framework_id, iam_role_arn, object, sign_in,"
                + " source_address, request_id, message, detail)"
                + " select 'policy.changed', 'oidc:alice', case n when 2 then 'refused' else 'done' end, 't-' || n, 'f-1',"
                + " 'arn:aws:iam::123456789012:role/web', 'policy:/data/etl', 'oidc', '192.0.2.7', 'r-' || n, 'change ' || n,"
                + " '{\"before\": {\"priority\": 1}}' from generate_series(1, 3) as n");
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

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            actor=oidc:alice                                                  | change 3, change 2, change 1
            actor=oidc:alice&outcome=refused                                  | change 2
            actor=oidc:alice&task=t-1&framework=f-1                           | change 1
            actor=oidc:alice&kind=policy.*                                    | change 3, change 2, change 1
            actor=oidc:alice&kind=policy.c*                                   | change 3, change 2, change 1
            actor=oidc:alice&kind=policy.deleted                              |
            actor=oidc:alice&object=policy:/data/etl&request=r-3              | change 3
            actor=oidc:alice&iamRole=arn:aws:iam::123456789012:role/web&limit=1 | change 3
            actor=oidc:alice&iamRole=arn:aws:iam::123456789012:role/other     |
            actor=oidc:alice&from=2020-01-01T00:00:00Z                        | change 3, change 2, change 1
            actor=oidc:alice&from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z |
            lease=2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55                        |
            policy=2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55                       |
            """)
    void eventsAreFilteredAndTheNewestComesFirst(String query, String messages) {
        List<String> found = given().get(PATH + "?" + query)
                .then()
                .statusCode(200)
                .contentType("application/json")
                .extract()
                .path("items.message");

        assertThat(String.join(", ", found)).isEqualTo(messages == null ? "" : messages);
    }

    @Test
    void anEventSaysWhoFromWhereAndWhat() {
        given().get(PATH + "?actor=oidc:alice&request=r-2")
                .then()
                .statusCode(200)
                .body("items[0].kind", equalTo("policy.changed"))
                .body("items[0].outcome", equalTo("refused"))
                .body("items[0].signIn", equalTo("oidc"))
                .body("items[0].sourceAddress", equalTo("192.0.2.7"))
                .body("items[0].databaseUser", equalTo(user))
                .body("items[0].detail.before.priority", equalTo(1))
                .body("items[0]", not(hasKey("leaseId")));
    }

    @Test
    void aPageHasTheCursorOfTheNextOne() {
        String next = given().get(PATH + "?actor=oidc:alice&limit=2")
                .then()
                .statusCode(200)
                .extract()
                .path("next");

        given().get(PATH + "?actor=oidc:alice&limit=2&cursor=" + next)
                .then()
                .statusCode(200)
                .body("items.message", contains("change 1"))
                .body("$", not(hasKey("next")));
    }

    /** openapi.yaml is made from records that only describe the answer. */
    @Test
    void fieldsSelectsWhatIsShownOfEachEvent() {
        given().get(PATH + "?actor=oidc:alice&request=r-2&fields=outcome,message,containerId")
                .then()
                .statusCode(200)
                .body("items", equalTo(List.of(java.util.Map.of("outcome", "refused", "message", "change 2"))));
        given().accept("application/x-ndjson")
                .get(PATH + "?actor=oidc:alice&request=r-2&fields=outcome")
                .then()
                .statusCode(200)
                .body(equalTo("{\"outcome\":\"refused\"}\n"));
    }

    @Test
    void everyFieldIsInOpenapi() {
        Set<String> described = given().get("/openapi?format=json")
                .then()
                .statusCode(200)
                .extract()
                .<java.util.Map<String, Object>>path("components.schemas.AuditEvent.properties")
                .keySet();
        List<java.util.Map<String, Object>> events = given().get(PATH + "?limit=1000")
                .then()
                .statusCode(200)
                .extract()
                .path("items");

        assertThat(described)
                .containsAll(events.stream()
                        .flatMap(event -> event.keySet().stream())
                        .collect(Collectors.toSet()));
    }

    @Test
    void anAuditorOfANamespaceSeesTheEventsOfItsPolicies() {
        execute("insert into namespace (path) values ('/team'), ('/team/a'), ('/teams'), ('/tea')");
        execute("with added as (insert into policy (name, namespace, effect, match_all, iam_role_arn, enabled)"
                + " select 'audited', path, 'allow', true, 'arn:aws:iam::123456789012:role/x', false"
                + " from unnest(array['/team', '/team/a', '/teams']) as path returning id, namespace)"
                + " insert into audit_event (kind, actor, policy_id, message)"
                + " select 'policy.seen', 'oidc:team', id, namespace from added");
        execute("insert into audit_event (kind, actor, message) values ('policy.seen', 'oidc:team', 'without policy')");
        try {
            assertThat(seenAs("auditor:/team")).containsExactlyInAnyOrder("/team", "/team/a");
            assertThat(seenAs("admin:/team/a")).containsExactly("/team/a");
            assertThat(seenAs("auditor:/tea")).isEmpty();
            // a role of the audit trail here, another role everywhere
            assertThat(seenAs("auditor:/team/a,viewer")).containsExactly("/team/a");
            assertThat(seenAs("auditor")).containsExactlyInAnyOrder("/team", "/team/a", "/teams", "without policy");
        } finally {
            execute("delete from policy where name = 'audited'");
            execute("delete from namespace where path = '/team/a'");
            execute("delete from namespace where path in ('/team', '/teams', '/tea')");
        }
    }

    /** The messages of the team's events that a token with these roles is shown. */
    private List<String> seenAs(String roles) {
        String secret = given().contentType("application/json")
                .body(new JsonObject()
                        .put("name", "audit-" + UUID.randomUUID())
                        .put("roles", new JsonArray(List.of(roles.split(","))))
                        .put(
                                "expiresAt",
                                Instant.now().plus(Duration.ofHours(1)).toString())
                        .encode())
                .post("/api/v1/tokens")
                .then()
                .statusCode(201)
                .extract()
                .path("token");
        return given(secret)
                .get(PATH + "?actor=oidc:team")
                .then()
                .statusCode(200)
                .extract()
                .path("items.message");
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                arguments("from=yesterday", "from"),
                arguments("to=%2B999999999-12-31T23:59:59Z", "to"),
                arguments("outcome=maybe", "outcome"),
                arguments("lease=7", "lease"),
                arguments("lease=1-1-1-1-1", "lease"),
                arguments("iamRole=web", "iamRole"),
                arguments("cursor=-1", "cursor"),
                arguments("cursor=x", "cursor"),
                arguments("cursor=9223372036854775808", "cursor"),
                arguments("limit=0", "limit"),
                arguments("limit=1001", "limit"),
                arguments("colour=red", "colour"),
                arguments("actor=", "actor"),
                arguments("actor=user:alice", "actor"),
                arguments("object=etl", "object"),
                arguments("object=polcy:etl", "object"),
                arguments("object=policy:data/etl", "object"),
                arguments("object=namespace:data", "object"),
                arguments("task=%20", "task"),
                arguments("task=a%00b", "task"),
                arguments("kind=%00*", "kind"),
                arguments("kind=policy", "kind"),
                arguments("kind=policy.", "kind"),
                arguments("kind=policy.changed.*", "kind"),
                arguments("kind=polcy.*", "kind"),
                arguments("kind=**", "kind"),
                arguments("object=" + "x".repeat(513), "object"),
                arguments("request=" + "x".repeat(5_000), "request"));
    }

    @Test
    void anUnknownKindIsAnsweredWithAllKinds() {
        given().get(PATH + "?kind=policy")
                .then()
                .statusCode(400)
                .body("errors[0].message", containsString("policy.*"))
                .body("errors[0].message", containsString("lease.issued, "))
                .body("errors[0].message", containsString("attribute-trust.deleted, "));
        given().get(PATH + "?kind=*").then().statusCode(200);
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void aWrongParameterIsNamed(String query, String field) {
        given().urlEncodingEnabled(false)
                .get(PATH + "?" + query)
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("errors.field", contains(field));
    }
}
