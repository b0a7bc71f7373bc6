package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;

import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.postgres.OneStatement;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** API tokens of a whole controller: made, used, listed, revoked, by the API and by SQL. */
@QuarkusTest
@WithTestResource(ClusterForController.class)
class TokenApiTest {
    private static final String TOKENS = "/api/v1/tokens";
    private static final String CALLER = "/api/v1/tokens/caller";

    @Inject
    Pool pool;

    @Inject
    MeterRegistry meters;

    @BeforeEach
    void namespaces() {
        execute("insert into namespace (path) values ('/data'), ('/data/reporting') on conflict do nothing");
    }

    @Test
    void aNamespaceThatDoesNotExistIsRefusedForThoseWhoMayKnow() {
        create(SignedIn.TOKEN, unusedName(), "viewer", "viewer:/data/reportign")
                .statusCode(422)
                .body("code", equalTo("invalid-object"))
                .body("errors.field", contains("roles"))
                .body("errors.message", contains("there is no namespace /data/reportign"));
        String admin =
                create(SignedIn.TOKEN, unusedName(), "admin:/data").extract().path("token");
        create(admin, unusedName(), "viewer:/data/reportign").statusCode(422);
        create(admin, unusedName(), "viewer:/unknown").statusCode(403);
    }

    @Test
    void createdTokenIsShownOnceAndSignsInUntilItIsRevoked() {
        String name = unusedName();
        Response made = create(SignedIn.TOKEN, name, "viewer", "operator:/data")
                .statusCode(201)
                .header("Cache-Control", equalTo("no-store"))
                .body("token", matchesPattern("mia_[A-Za-z0-9_-]{43}"))
                .body("roles", containsInAnyOrder("viewer", "operator:/data"))
                .body("createdBy", equalTo("token:admin"))
                .extract()
                .response();
        String token = made.path("token");
        String id = made.path("tokenId");

        given(token).get(CALLER).then().statusCode(200).body("name", equalTo("token:" + name));
        assertThat(given().get(TOKENS).then().statusCode(200).extract().asString())
                .contains(id)
                .doesNotContain(token);
        given().delete(TOKENS + "/" + id)
                .then()
                .statusCode(200)
                .header("X-Request-Id", matchesPattern("[0-9a-f-]{36}"))
                .body("valid", equalTo(false));

        given(token).get(CALLER).then().statusCode(in(List.of(401, 429)));
        given().delete(TOKENS + "/" + id).then().statusCode(404);
        assertThat(texts("select kind || ' ' || actor from audit_event where detail ->> 'subject' = '" + name
                        + "' order by id"))
                .containsExactly("token.created token:admin", "token.revoked token:admin");
        assertThat(texts("select message || detail::text from audit_event")).noneMatch(text -> text.contains(token));
    }

    @Test
    void adminOfANamespaceMakesAndSeesTokensOfItAlone() {
        String admin = create(SignedIn.TOKEN, unusedName(), "admin:/data")
                .statusCode(201)
                .extract()
                .path("token");
        String below = unusedName();

        create(admin, below, "viewer:/data/reporting").statusCode(201);
        create(admin, unusedName(), "viewer").statusCode(403).body("code", equalTo("not-allowed"));
        create(admin, unusedName(), "viewer:/data", "viewer:/other").statusCode(403);
        given(admin)
                .get(TOKENS)
                .then()
                .statusCode(200)
                .body("items.name", hasItem(below))
                .body("items.name", not(hasItem("admin")));
        given(admin).get("/api/v1/leases").then().statusCode(200).body("items.size()", equalTo(0));
        given(admin)
                .get("/api/v1/policies")
                .then()
                .statusCode(200)
                .body("items.findAll { it.namespace == '/' }.size()", equalTo(0));
    }

    @Test
    void aTokenMadeByATokenHasNoMoreThanItsMaker() {
        String first = create(SignedIn.TOKEN, unusedName(), "admin:/data", "viewer")
                .statusCode(201)
                .extract()
                .path("token");
        String second = create(first, unusedName(), "admin:/data")
                .statusCode(201)
                .extract()
                .path("token");

        for (String more : List.of(
                "admin", "viewer", "viewer:/database", "operator:/dat", "spawner:/data-x", "auditor:/other/data")) {
            create(second, unusedName(), more).statusCode(403);
        }
        for (String noPath : List.of(
                "viewer:/data/", "viewer://data", "viewer:/data/../x", "viewer:/%64ata", "viewer:data", "viewer:")) {
            create(second, unusedName(), noPath).statusCode(422).body("errors.field", hasItem("roles[0]"));
        }
        given(second)
                .delete(TOKENS + "/"
                        + texts("select id::text from api_token where name = 'viewer'")
                                .getFirst())
                .then()
                .statusCode(404);
    }

    @Test
    void aBodyWithAKeyTwiceOrWithSomethingBehindItIsRefused() {
        String body = "{\"name\": \"%s\", \"roles\": [\"viewer\"], %s\"expiresAt\": \"%s\"}%s";
        Instant end = Instant.now().plus(Duration.ofHours(1));
        for (String wrong : List.of(
                body.formatted(unusedName(), "\"roles\": [\"admin\"], ", end, ""),
                body.formatted(unusedName(), "", end, " {}"),
                body.formatted(unusedName(), "\"x\": " + "[".repeat(2_000) + "]".repeat(2_000) + ", ", end, ""))) {
            given().contentType(ContentType.JSON)
                    .body(wrong)
                    .post(TOKENS)
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("malformed-request"));
        }
    }

    @Test
    void aRequestHasOneBearerAndNoOtherHeaderNamesItsCaller() {
        String name = unusedName();
        String token =
                create(SignedIn.TOKEN, name, "viewer").statusCode(201).extract().path("token");

        given(token)
                .header("Cookie", "q_session=x")
                .header("X-Forwarded-For", "192.0.2.66")
                .header("Forwarded", "for=192.0.2.66")
                .header("X-Forwarded-User", "admin")
                .get(CALLER)
                .then()
                .statusCode(200)
                .body("name", equalTo("token:" + name));
        given(token)
                .header("X-Forwarded-For", "192.0.2.66")
                .header("Forwarded", "for=192.0.2.66")
                .get(TOKENS)
                .then()
                .statusCode(403);
        given(token)
                .header("Authorization", "Bearer " + SignedIn.TOKEN)
                .get(CALLER)
                .then()
                .statusCode(in(List.of(401, 429)));

        await(() -> texts("select detail ->> 'address' from audit_event where actor = 'token:" + name
                        + "' and kind = 'access.refused'")
                .equals(List.of("127.0.0.1")));
    }

    @Test
    void everyWrongFieldIsNamedAtOnce() {
        given().contentType(ContentType.JSON)
                .body("{\"name\": \"Two words\", \"roles\": [\"root\"], \"expiresAt\": \"tomorrow\", \"scope\": 1}")
                .post(TOKENS)
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-object"))
                .body("errors.field", containsInAnyOrder("scope", "name", "roles[0]", "expiresAt"));
        given().contentType(ContentType.JSON)
                .body("[]")
                .post(TOKENS)
                .then()
                .statusCode(400)
                .body("code", equalTo("malformed-request"));
    }

    @Test
    void nameOfATokenThatIsNotRevokedIsTaken() {
        create(SignedIn.TOKEN, "viewer", "viewer")
                .statusCode(409)
                .body("code", equalTo("name-taken"))
                .body("errors.field", contains("name"));
    }

    /** Audit events name a token: its name is not that of another one later. */
    @Test
    void nameOfARevokedTokenIsNotUsedAgain() {
        String name = unusedName();
        String id =
                create(SignedIn.TOKEN, name, "viewer").statusCode(201).extract().path("tokenId");
        given().delete(TOKENS + "/" + id).then().statusCode(200);

        create(SignedIn.TOKEN, name, "viewer")
                .statusCode(409)
                .body("code", equalTo("name-taken"))
                .body("errors.field", contains("name"));
        assertThatThrownBy(() -> execute("insert into api_token (name, hash, roles, expires_at) values ('" + name
                        + "', sha256('" + name + "'), '{viewer}', now() + interval '1 hour')"))
                .hasStackTraceContaining("a revoked token had the name " + name);
    }

    /** The database of a later version knows roles that this one doesn't. */
    @Test
    void tokenWithRolesOfALaterVersionIsNotShownToTheAdminOfANamespace() {
        String admin = create(SignedIn.TOKEN, unusedName(), "admin:/data")
                .statusCode(201)
                .extract()
                .path("token");
        List<String> names = List.of(unusedName(), unusedName());
        String check = texts(
                        "select pg_get_constraintdef(oid) from pg_constraint where conname = 'api_token_roles_form'")
                .getFirst();
        execute("alter table api_token drop constraint api_token_roles_form");
        try {
            for (String name : names) {
                execute("insert into api_token (name, hash, roles, expires_at) values ('" + name + "', sha256('" + name
                        + "'), '{overseer" + (name.equals(names.getFirst()) ? "" : ",viewer:/data")
                        + "}', now() + interval '1 hour')");
            }
            await(() -> given().queryParam("limit", 1000)
                    .get(TOKENS)
                    .jsonPath()
                    .getList("items.name")
                    .containsAll(names));

            given(admin)
                    .get(TOKENS)
                    .then()
                    .statusCode(200)
                    .body("items.name", not(hasItem(names.getFirst())))
                    .body("items.name", not(hasItem(names.getLast())));
            String id = texts("select id::text from api_token where name = '" + names.getLast() + "'")
                    .getFirst();
            given(admin).delete(TOKENS + "/" + id).then().statusCode(404);
        } finally {
            execute("delete from api_token where 'overseer' = any (roles)");
            execute("alter table api_token add constraint api_token_roles_form " + check);
        }
    }

    @Test
    void tokenMadeAndRevokedInSqlTakesEffectAndIsAudited() {
        String name = unusedName();
        String token = SignedIn.token(name);
        execute("insert into api_token (name, hash, roles, expires_at) values ('" + name + "', sha256('" + token
                + "'), '{viewer}', now() + interval '1 hour')");

        await(() -> given(token).get(CALLER).statusCode() == 200);
        execute("update api_token set revoked_at = now() where name = '" + name + "'");
        await(() -> given(token).get(CALLER).statusCode() >= 401);

        assertThat(texts("select kind || ' ' || actor from audit_event where detail ->> 'subject' = '" + name
                        + "' order by id"))
                .containsExactly("token.created database:" + user(), "token.revoked database:" + user());
    }

    @Test
    void useOfATokenIsWritten() {
        String name = unusedName();
        String token =
                create(SignedIn.TOKEN, name, "viewer").statusCode(201).extract().path("token");

        given(token).get(CALLER).then().statusCode(200);

        await(() -> texts("select name from api_token where last_used_at is not null")
                .contains(name));
    }

    @Test
    void refusalsAreCountedAndAudited() {
        double before = refused();

        given(SignedIn.token("nothing")).get("/api/v1/policies").then().statusCode(in(List.of(401, 429)));
        given(SignedIn.token("viewer")).get(TOKENS).then().statusCode(403);

        assertThat(refused()).isEqualTo(before + 2);
        await(() -> texts(
                        "select distinct kind from audit_event where kind like '%.refused' and kind <> 'write.refused' order by kind")
                .equals(List.of("access.refused", "sign-in.refused")));
    }

    private double refused() {
        return meters.find("mesosiam.refused.requests").counters().stream()
                .filter(counter -> !"write.refused".equals(counter.getId().getTag("kind")))
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private ValidatableResponse create(String token, String name, String... roles) {
        return given(token)
                .contentType(ContentType.JSON)
                .body("{\"name\": \"%s\", \"roles\": [\"%s\"], \"expiresAt\": \"%s\"}"
                        .formatted(
                                name,
                                String.join("\", \"", roles),
                                Instant.now().plus(Duration.ofHours(1))))
                .post(TOKENS)
                .then();
    }

    private static String unusedName() {
        return "t" + UUID.randomUUID();
    }

    private String user() {
        return texts("select session_user::text").getFirst();
    }

    private void execute(String sql) {
        var unused = OneStatement.run(pool, sql).await().atMost(TimeLimit.seconds(10));
    }

    private List<String> texts(String sql) {
        List<String> found = new ArrayList<>();
        OneStatement.run(pool, sql).await().atMost(TimeLimit.seconds(10)).forEach(row -> found.add(row.getString(0)));
        return found;
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(TimeLimit.seconds(20)).until(condition);
    }
}
