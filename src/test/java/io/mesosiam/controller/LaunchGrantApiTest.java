package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import io.mesosiam.fakes.TimeLimit;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Launch grants are made, listed and ended by the API of a whole controller. */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class LaunchGrantApiTest {
    private static final String GRANTS = "/api/v1/namespaces/g.team/grants";

    @Inject
    Pool pool;

    @BeforeEach
    void namespacesExist() {
        for (String path : new String[] {"/g", "/g/team", "/g/team/a", "/g/teams"}) {
            pool.query("insert into namespace (path) values ('" + path + "')").executeAndAwait();
        }
    }

    @AfterEach
    void nothingIsLeft() {
        pool.query("delete from launch_grant where namespace like '/g%'").executeAndAwait();
        pool.query("delete from namespace where path like '/g%'").executeAndAwait();
    }

    @Test
    void grantIsMadeAndReadAtItsLocation() {
        Response made =
                post(GRANTS, grant().put("sessionPolicy", new JsonObject("{\"Statement\": {\"Effect\": \"Allow\"}}")));

        made.then()
                .statusCode(201)
                .header("Policy-Version", equalTo(null))
                .header("X-Request-Id", notNullValue())
                .header("Location", equalTo(GRANTS + "/" + id(made)))
                .body("namespace", equalTo("/g/team"))
                .body("credentialName", equalTo("default"))
                .body("mesosRole", equalTo("eng"))
                .body("sensitive", equalTo(false))
                .body("sessionPolicy.Statement.Effect", equalTo("Allow"))
                .body("version", equalTo(1))
                .body("madeBy", equalTo("token:admin"))
                .body("$", not(hasKey("boundAt")))
                .body("$", not(hasKey("endedAt")));
        Instant madeAt = Instant.parse(made.path("madeAt"));
        assertThat(Instant.parse(made.path("expiresAt"))).isEqualTo(madeAt.plusSeconds(3600));
        String again = given().get(made.header("Location"))
                .then()
                .statusCode(200)
                .extract()
                .asString();
        assertThat(new JsonObject(again)).isEqualTo(new JsonObject(made.asString()));
    }

    @Test
    void everyWrongFieldIsNamedAtOnce() {
        post(
                        GRANTS,
                        new JsonObject(
                                "{\"credentialName\": \"A\", \"colour\": 1, \"sensitive\": \"yes\", \"expiresInSeconds\": 59}"))
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-object"))
                .body(
                        "errors.field",
                        containsInAnyOrder(
                                "colour",
                                "sensitive",
                                "iamRoleArn",
                                "frameworkPrincipal",
                                "expiresInSeconds",
                                "credentialName",
                                "mesosRole"));
        post(GRANTS, grant().put("iamRoleArn", "arn:x").put("taskId", " t").put("credentialName", ""))
                .then()
                .statusCode(422)
                .body("errors.field", containsInAnyOrder("iamRoleArn", "taskId", "credentialName"));
        for (Object time : List.of(-1, 59, 60.5, "8h", 2592001)) {
            post(GRANTS, grant().put("expiresInSeconds", time))
                    .then()
                    .statusCode(422)
                    .body("errors.message", contains("must be a whole number from 60 to 2592000"));
        }
        given().contentType(ContentType.JSON)
                .queryParam("dryRun", "client")
                .body("{\"expiresInSeconds\": 2592001, \"mesosRole\": null}")
                .post(GRANTS)
                .then()
                .statusCode(400)
                .body("code", equalTo("invalid-parameter"))
                .body(
                        "errors.field",
                        containsInAnyOrder(
                                "reason",
                                "dryRun",
                                "iamRoleArn",
                                "frameworkPrincipal",
                                "expiresInSeconds",
                                "mesosRole"));
        given().get(GRANTS).then().body("items", empty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            iam_role_arns = '{arn:aws:iam::*:role/x-*}' | iamRoleArn         | is outside iamRoleArns of namespace /g/team
            aws_accounts = '{210987654321}'             | iamRoleArn         | is outside awsAccounts of namespace /g/team
            mesos_roles = '{ops}'                       | mesosRole          | eng is outside mesosRoles of namespace /g/team
            framework_principals = '{svc-x}'            | frameworkPrincipal | is outside frameworkPrincipals of namespace /g/team
            longest_ttl = '30 minutes'                  | expiresInSeconds   | 3600 s is longer than longestTtlSeconds of namespace /g/team
            sensitive_only = true                       | sensitive          | sensitiveOnly of namespace /g/team is true
            """)
    void grantOutsideABoundIsRefused(String bound, String field, String message) {
        pool.query("update namespace set " + bound + " where path = '/g/team'").executeAndAwait();

        post("/api/v1/namespaces/g.team.a/grants", grant())
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-object"))
                .body("errors.field", contains(field))
                .body("errors[0].message", containsString(message));
    }

    @Test
    void grantOfTheRoleThatDeniesSessionsAtAwsIsRefused() {
        post(GRANTS, grant().put("iamRoleArn", "arn:aws:iam::123456789012:role/mesos-iam-revoker"))
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-object"))
                .body("errors.field", contains("iamRoleArn"))
                .body("errors[0].message", startsWith("is the role of mesos-iam.revoke.role-name"));
    }

    @Test
    void namespaceThatDoesNotExistHasNoGrants() {
        post("/api/v1/namespaces/g.none/grants", grant())
                .then()
                .statusCode(422)
                .body("errors.field", contains("namespace"));
        given().get("/api/v1/namespaces/g.none/grants").then().statusCode(404);
        given().get("/api/v1/namespaces/g.none/grants/" + UUID.randomUUID())
                .then()
                .statusCode(404);
    }

    @Test
    void topmostNamespaceTakesNoMoreThanTenThousandWithThoseBelowIt() {
        pool.query("""
                insert into launch_grant (namespace, iam_role_arn, framework_principal, task_id, expires_at)
                select case when n > 5000 then '/g/teams' else '/g/team/a' end, 'arn:aws:iam::123456789012:role/full', 'svc-web', 't', now() + interval '1 hour' from generate_series(1, 10000) as n""").executeAndAwait();

        post("/api/v1/namespaces/g.teams/grants", grant())
                .then()
                .statusCode(409)
                .body("code", equalTo("conflict"))
                .body("detail", startsWith("namespace /g has, with those below it, at most 10,000 grants"));
        pool.query(
                        "update launch_grant set ended_at = now() where id in (select id from launch_grant where namespace = '/g/team/a' limit 1)")
                .executeAndAwait();
        post("/api/v1/namespaces/g.teams/grants", grant()).then().statusCode(201);
    }

    @Test
    void grantIsEndedOnce() {
        Response made = post(GRANTS, grant());
        String path = made.header("Location");

        ValidatableResponse ended = given(SignedIn.token("operator"))
                .queryParam("reason", "over")
                .delete(path)
                .then()
                .statusCode(200)
                .body("grantId", equalTo(id(made)))
                .body("endedBy", equalTo("token:operator"))
                .body("endReason", equalTo("revoked"))
                .body("version", equalTo(2));
        given().queryParam("reason", "again")
                .delete(path)
                .then()
                .statusCode(200)
                .body("$", equalTo(ended.extract().jsonPath().getMap("$")));
        given().get(GRANTS).then().body("items", empty());
        given().queryParam("open", "false").get(GRANTS).then().body("items.grantId", contains(id(made)));
        given().queryParam("reason", "test")
                .delete(GRANTS + "/" + UUID.randomUUID())
                .then()
                .statusCode(404);
        given().queryParam("reason", "test").delete(GRANTS + "/none").then().statusCode(400);
    }

    @Test
    void grantIsOfOneNamespace() {
        Response made = post(GRANTS, grant());
        String elsewhere = "/api/v1/namespaces/g/grants/" + id(made);

        given().get(elsewhere).then().statusCode(404);
        given().queryParam("reason", "test").delete(elsewhere).then().statusCode(404);
        given().get("/api/v1/namespaces/g/grants").then().body("items", empty());
        given().queryParam("below", "true")
                .get("/api/v1/namespaces/g/grants")
                .then()
                .body("items.grantId", contains(id(made)));
    }

    @Test
    void dryRunStoresNothing() {
        json(SignedIn.TOKEN)
                .queryParam("dryRun", "server")
                .body(grant().encode())
                .post(GRANTS)
                .then()
                .statusCode(200)
                .body("$", hasKey("basis"))
                .body("leasesEnded", equalTo(0));
        given().get(GRANTS).then().body("items", empty());
        json(SignedIn.TOKEN)
                .queryParam("dryRun", "server")
                .body("{}")
                .post(GRANTS)
                .then()
                .statusCode(422);
        String path = post(GRANTS, grant()).header("Location");

        given().queryParam("reason", "test")
                .queryParam("dryRun", "server")
                .delete(path)
                .then()
                .statusCode(200)
                .body("leasesEnded", equalTo(0));
        given().get(path).then().body("$", not(hasKey("endedAt")));
    }

    @Test
    void dryRunSaysWhatARunningTaskGainsAndLoses() {
        JsonObject grant =
                grant().put("taskId", "web-1").put("mesosRole", "web").put("credentialName", "granted");
        json(SignedIn.TOKEN)
                .queryParam("dryRun", "server")
                .body(grant.encode())
                .post(GRANTS)
                .then()
                .statusCode(200)
                .body("touchedTasks", equalTo(1))
                .body("effects.task.taskId", contains("web-1"))
                .body("effects.credentialName", contains("granted"))
                .body("effects.kind", contains("gains"))
                .body("effects.after.iamRoleArn", contains("arn:aws:iam::123456789012:role/notebook"))
                .body("effects.after.grantId", contains(notNullValue()));
        json(SignedIn.TOKEN)
                .queryParam("dryRun", "server")
                .body(grant.copy().put("frameworkPrincipal", "svc-other").encode())
                .post(GRANTS)
                .then()
                .statusCode(200)
                .body("effects.kind", not(hasItem("gains")));

        Response made = post(GRANTS, grant);
        // the controller reads it first; a preview counts a grant that fits as bound
        await().atMost(TimeLimit.seconds(20)).untilAsserted(() -> json(SignedIn.TOKEN)
                .queryParam("dryRun", "server")
                .delete(made.header("Location"))
                .then()
                .statusCode(200)
                .body("effects.credentialName", contains("granted"))
                .body("effects.kind", contains("loses"))
                .body("effects.before.grantId", contains(id(made)))
                .body("$", not(hasKey("objection"))));
    }

    @Test
    void spawnerOfANamespaceSeesAndMakesGrantsThereAndBelowOnly() {
        String spawner = token("spawner:/g/team");
        String foreign = post("/api/v1/namespaces/g.teams/grants", grant()).header("Location");

        for (String own : new String[] {"g.team", "g.team.a"}) {
            String path = "/api/v1/namespaces/" + own + "/grants";
            String made = json(spawner)
                    .body(grant().encode())
                    .post(path)
                    .then()
                    .statusCode(201)
                    .extract()
                    .header("Location");
            given(spawner).get(made).then().statusCode(200);
            given(spawner).get(path).then().body("items", hasSize(1));
            given(spawner).queryParam("reason", "over").delete(made).then().statusCode(200);
        }
        for (String other : new String[] {"-", "g", "g.teams", "g.none", "g.x.y"}) {
            String path = "/api/v1/namespaces/" + other + "/grants";
            json(spawner)
                    .body(grant().encode())
                    .post(path)
                    .then()
                    .statusCode(403)
                    .body("code", equalTo("not-allowed"));
            given(spawner).get(path).then().statusCode(403);
        }
        given(spawner).get(foreign).then().statusCode(403);
        given(spawner).queryParam("reason", "test").delete(foreign).then().statusCode(403);
    }

    /** What each role gets for a list, a grant to be made and a grant to be ended. */
    @ParameterizedTest
    @CsvSource({
        "viewer, 200, 403, 403",
        "auditor, 200, 403, 403",
        "operator, 200, 403, 200",
        "namespace-admin, 200, 201, 200",
        "spawner, 200, 201, 200",
        "admin, 200, 201, 200"
    })
    void roleOfTheNamespaceDecides(String role, int list, int make, int end) {
        String caller = token(role + ":/g/team");
        String made = post(GRANTS, grant()).header("Location");

        given(caller).get(GRANTS).then().statusCode(list);
        json(caller).body(grant().encode()).post(GRANTS).then().statusCode(make);
        given(caller).queryParam("reason", "test").delete(made).then().statusCode(end);
    }

    @Test
    void writesAndRefusalsAreAudited() {
        String spawner = token("spawner:/g/team");
        String bearer =
                given(spawner).get("/api/v1/tokens/caller").then().extract().path("name");
        String made = json(spawner)
                .body(grant().encode())
                .post(GRANTS)
                .then()
                .statusCode(201)
                .extract()
                .path("grantId");
        json(spawner).body("{}").post(GRANTS).then().statusCode(422);
        given(spawner)
                .queryParam("reason", "over")
                .delete(GRANTS + "/" + made)
                .then()
                .statusCode(200);

        given().queryParam("actor", bearer)
                .queryParam("limit", "100")
                .get("/api/v1/audit-events")
                .then()
                .statusCode(200)
                .body("items.kind", hasItem("launch-grant.created"))
                .body("items.kind", hasItem("launch-grant.changed"))
                .body("items.kind", hasItem("write.refused"))
                .body("items.find { it.kind == 'launch-grant.created' }.detail.subject", equalTo(made))
                .body("items.find { it.kind == 'launch-grant.created' }.detail.reason", equalTo("test"));
    }

    private static JsonObject grant() {
        return new JsonObject()
                .put("iamRoleArn", "arn:aws:iam::123456789012:role/notebook")
                .put("frameworkPrincipal", "svc-web")
                .put("mesosRole", "eng")
                .put("expiresInSeconds", 3600);
    }

    private static String id(Response made) {
        return made.path("grantId");
    }

    private static Response post(String path, JsonObject body) {
        return json(SignedIn.TOKEN).body(body.encode()).post(path);
    }

    private static RequestSpecification json(String token) {
        return given(token).contentType(ContentType.JSON).queryParam("reason", "test");
    }

    private static String token(String role) {
        return given().contentType(ContentType.JSON)
                .body("{\"name\": \"g-%s\", \"roles\": [\"%s\"], \"expiresAt\": \"%s\"}"
                        .formatted(UUID.randomUUID(), role, Instant.now().plus(Duration.ofHours(1))))
                .post("/api/v1/tokens")
                .then()
                .statusCode(201)
                .extract()
                .path("token");
    }
}
