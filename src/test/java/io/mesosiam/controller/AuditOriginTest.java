package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Role;
import io.mesosiam.signin.RoleGrant;
import io.mesosiam.signin.SignIn;
import io.mesosiam.signin.Tokens;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Audit events of writes and refusals: their caller, address, sign-in and request. */
@QuarkusTest
@WithTestResource(ClusterForController.class)
class AuditOriginTest {
    private static final String TOKENS = "/api/v1/tokens";
    private static final String TRUST = "/api/v1/attribute-trust";

    @Inject
    Pool pool;

    @Inject
    Tokens tokens;

    @Test
    void writeHasItsCallersSignInAndAddressAndItsRequest() {
        String request = given().contentType(ContentType.JSON)
                .body("{\"frameworkPrincipal\": \"%s\", \"attribute\": \"task_name\", \"description\": \"x\"}"
                        .formatted("p" + UUID.randomUUID()))
                .post(TRUST + "?reason=a+test")
                .then()
                .statusCode(201)
                .extract()
                .header("X-Request-Id");

        assertThat(events(request)).containsExactly("attribute-trust.created done token:admin token 127.0.0.1");
    }

    @Test
    void tokenThatIsMadeHasTheSame() {
        String request =
                token("t" + UUID.randomUUID()).then().statusCode(201).extract().header("X-Request-Id");

        assertThat(events(request)).containsExactly("token.created done token:admin token 127.0.0.1");
    }

    @Test
    void writeThatIsRefusedForItsBodyIsAuditedOnce() {
        String invalid = problem(token("Two words"), 422);
        String taken = problem(token("viewer"), 409);

        awaitEvents(invalid, "write.refused refused token:admin token 127.0.0.1");
        awaitEvents(taken, "write.refused refused token:admin token 127.0.0.1");
        assertThat(texts("select object || ' ' || (detail ->> 'reason') from audit_event where request_id = '" + taken
                        + "'"))
                .containsExactly("request:POST /api/v1/tokens name-taken");
    }

    @Test
    void refusalHasTheRequestOfItsAnswer() {
        String access = problem(given(SignedIn.token("viewer")).get(TOKENS), 403);
        String signIn = problem(RestAssured.given().get(TOKENS), 401);
        String crossSite = problem(
                given().header("Origin", "http://elsewhere.example")
                        .contentType(ContentType.JSON)
                        .body("{}")
                        .post(TOKENS),
                403);

        awaitEvents(access, "access.refused refused token:viewer token 127.0.0.1");
        awaitEvents(signIn, "sign-in.refused refused address:127.0.0.1 - 127.0.0.1");
        awaitEvents(crossSite, "write.refused refused address:127.0.0.1 - 127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\": \"a1\", \"roles\": [\"viewer\"], \"roles\": [\"admin\"], \"expiresAt\": \"2026-12-01T00:00:00Z\"}",
                "{\"name\": \"a1\", \"name\": \"a1\", \"roles\": [\"viewer\"], \"expiresAt\": \"2026-12-01T00:00:00Z\"}",
                "{} {}"
            })
    void ambiguousBodyMakesNoToken(String body) {
        given().contentType(ContentType.JSON)
                .body(body)
                .post(TOKENS)
                .then()
                .statusCode(400)
                .body("code", equalTo("malformed-request"));
    }

    @Test
    void tokenThatHasExpiredByTheDatabasesClockIsNotMade() {
        Caller caller = new Caller("token:admin", SignIn.TOKEN, Set.of(RoleGrant.everywhere(Role.ADMIN)), "127.0.0.1");

        Assertions.assertThatThrownBy(() -> tokens.create(
                                "t" + UUID.randomUUID(),
                                Set.of(RoleGrant.everywhere(Role.VIEWER)),
                                Instant.now().minus(Duration.ofMinutes(1)),
                                caller,
                                "r")
                        .await()
                        .atMost(TimeLimit.seconds(10)))
                .isInstanceOf(Tokens.Expired.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/docs%2f", "/docs%2F", "/api/%2e%2e/docs%2f", "/openapi.json", "/openapi.yaml", "/openapi"})
    void documentationNeedsACredentialUnderEachOfItsNames(String path) {
        int status = RestAssured.given().urlEncodingEnabled(false).get(path).statusCode();

        assertThat(status).isIn(400, 401, 404);
    }

    private static Response token(String name) {
        return given().contentType(ContentType.JSON)
                .body("{\"name\": \"%s\", \"roles\": [\"viewer\"], \"expiresAt\": \"%s\"}"
                        .formatted(name, Instant.now().plus(Duration.ofHours(1))))
                .post(TOKENS);
    }

    private static String problem(Response answer, int status) {
        return answer.then().statusCode(status).extract().path("requestId");
    }

    private void awaitEvents(String request, String event) {
        Awaitility.await().atMost(TimeLimit.seconds(20)).untilAsserted(() -> assertThat(events(request))
                .containsExactly(event));
    }

    private List<String> events(String request) {
        return texts(
                "select concat_ws(' ', kind, outcome, actor, coalesce(sign_in, '-'), source_address) from audit_event"
                        + " where request_id = '" + request + "'");
    }

    private List<String> texts(String sql) {
        List<String> found = new ArrayList<>();
        OneStatement.run(pool, sql).await().atMost(TimeLimit.seconds(10)).forEach(row -> found.add(row.getString(0)));
        return found;
    }
}
