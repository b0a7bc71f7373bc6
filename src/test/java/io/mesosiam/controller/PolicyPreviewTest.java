package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.postgres.OneStatement;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Changes of policies are previewed, and the policies in force are questioned. Task web-1 may have the role web. */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class PolicyPreviewTest {
    @Inject
    Pool pool;

    private static final String PREVIEW = "/api/v1/preview";
    private static final String ROLE = "arn:aws:iam::123456789012:role/web";
    private static final String DENY =
            "{\"effect\": \"deny\", \"taskName\": \"web-1\", \"credentialName\": \"default\"}";

    @Test
    void previewShowsWhatEachTaskLosesAndStoresNothing() {
        Response preview = post(PREVIEW, put("p-deny", DENY));

        preview.then()
                .statusCode(200)
                .body("loses", equalTo(1))
                .body("gains", equalTo(0))
                .body("leasesEnded", equalTo(0))
                .body("effectCount", equalTo(1))
                .body("effects[0].task.name", equalTo("web-1"))
                .body("effects[0].kind", equalTo("loses"))
                .body("effects[0].credentialName", equalTo("default"))
                .body("effects[0].before.iamRoleArn", equalTo(ROLE))
                .body("effects[0]", not(hasKey("after")))
                .body("effects[0].refusal", equalTo("DeniedByPolicy"))
                .body("basis.policyVersion", greaterThan(0))
                .body("basis.gaps.size()", equalTo(1))
                .body("$", not(hasKey("objection")));
        given().get(path("p-deny")).then().statusCode(404);
    }

    @Test
    void changesOfOneRequestArePreviewedTogetherWithWhatReachesTheirRole() {
        String other =
                "{\"effect\": \"allow\", \"taskName\": \"web-1\", \"credentialName\": \"archive\", \"iamRoleArn\": \""
                        + ROLE + "\", \"tags\": {\"team\": \"data\"}}";

        post(PREVIEW, put("p-other", other) + "," + put("p-none", "{\"effect\": \"deny\", \"taskName\": \"absent\"}"))
                .then()
                .statusCode(200)
                .body("gains", equalTo(1))
                .body("effects[0].after.iamRoleArn", equalTo(ROLE))
                .body("roles.iamRoleArn", contains(ROLE))
                .body("roles[0].policies.name", hasItems("web", "p-other"))
                .body("roles[0].tasks.credentialName", hasItems("default", "archive"));
    }

    @Test
    void dryRunOfEveryWriteStoresNothing() {
        given().contentType(ContentType.JSON)
                .queryParam("reason", "test")
                .queryParam("dryRun", "server")
                .body(DENY)
                .put(path("p-dry"))
                .then()
                .statusCode(200)
                .body("loses", equalTo(1))
                .body("$", hasKey("basis"));
        given().get(path("p-dry")).then().statusCode(404);
        given().contentType("application/merge-patch+json")
                .queryParam("reason", "test")
                .queryParam("dryRun", "server")
                .body("{\"enabled\": false}")
                .patch(path("web"))
                .then()
                .statusCode(200)
                .body("effects.reason", hasItem("no policy gives it"));
        given().queryParam("reason", "test")
                .queryParam("dryRun", "server")
                .delete(path("web"))
                .then()
                .statusCode(200)
                .body("loses", equalTo(1));
        given().contentType(ContentType.JSON)
                .queryParam("reason", "test")
                .queryParam("dryRun", "server")
                .body("{\"changes\": [" + put("p-dry", DENY) + "]}")
                .post("/api/v1/policies/apply")
                .then()
                .statusCode(200)
                .body("loses", equalTo(1));
        given().get(path("web")).then().statusCode(200).body("content.enabled", equalTo(true));
    }

    /** One live lease is all of them: more than a quarter. */
    @Test
    void writeThatEndsManyLeasesNeedsTheirNumber() {
        compareWithWhatTheWriteBeforeHasLeft();
        trustThatLeasesRestOnNeedsTheirNumberToo();
        given().queryParam("reason", "test")
                .delete(path("held"))
                .then()
                .statusCode(409)
                .body("code", equalTo("blast-radius"))
                .body("leasesEnded", equalTo(1))
                .body("detail", containsString("confirm=1"));
        given().queryParam("reason", "test")
                .queryParam("confirm", 2)
                .delete(path("held"))
                .then()
                .statusCode(409)
                .body("code", equalTo("blast-radius"));
        post(PREVIEW, "{\"action\": \"delete\", \"namespace\": \"/\", \"name\": \"held\"}")
                .then()
                .statusCode(200)
                .body("leasesEnded", equalTo(1))
                .body("liveLeases", equalTo(1))
                .body("objection", containsString("confirm=1"));
        given().get(path("held")).then().statusCode(200);

        given().queryParam("reason", "test")
                .queryParam("confirm", 1)
                .delete(path("held"))
                .then()
                .statusCode(204);

        given().get(path("held")).then().statusCode(404);
    }

    private void trustThatLeasesRestOnNeedsTheirNumberToo() {
        given().contentType(ContentType.JSON)
                .queryParam("reason", "test")
                .body("{\"trustedSelectorsOnly\": true}")
                .put("/api/v1/namespaces/p-trusted")
                .then()
                .statusCode(201);
        String trust = "/api/v1/attribute-trust/" + UUID.randomUUID();
        given().contentType(ContentType.JSON)
                .queryParam("reason", "test")
                .body("{\"frameworkPrincipal\": \"svc-web\", \"attribute\": \"task_name\"}")
                .put(trust)
                .then()
                .statusCode(201);
        execute("update policy set namespace = '/p-trusted', framework_principal = null where name = 'held'");

        given().queryParam("reason", "test")
                .delete(trust)
                .then()
                .statusCode(409)
                .body("code", equalTo("blast-radius"))
                .body("leasesEnded", equalTo(1));
        given().queryParam("reason", "test")
                .queryParam("dryRun", "server")
                .delete(trust)
                .then()
                .statusCode(200)
                .body("leasesEnded", equalTo(1))
                .body("objection", containsString("confirm=1"));

        execute("update policy set namespace = '/', framework_principal = 'svc-web' where name = 'held'");
        given().queryParam("reason", "test").delete(trust).then().statusCode(204);
    }

    private void execute(String sql) {
        var _ = OneStatement.run(pool, sql).await().atMost(TimeLimit.seconds(10));
    }

    /** The lease rests on either of two policies, so the first deletion ends nothing, and the second ends it. */
    private static void compareWithWhatTheWriteBeforeHasLeft() {
        Object content = given().get(path("held")).jsonPath().getMap("content");
        for (int i = 0; i < 10; i++) {
            given().contentType(ContentType.JSON)
                    .queryParam("reason", "test")
                    .body(content)
                    .put(path("p-twin"))
                    .then()
                    .statusCode(201);
            given().queryParam("reason", "test").delete(path("p-twin")).then().statusCode(204);
            given().queryParam("reason", "test")
                    .delete(path("held"))
                    .then()
                    .statusCode(409)
                    .body("leasesEnded", equalTo(1));
        }
    }

    @Test
    void faultsAreTheSameAsThoseOfTheWrite() {
        post(PREVIEW, put("p-bad", "{\"effect\": \"maybe\"}"))
                .then()
                .statusCode(422)
                .body("errors.field", hasItem("changes[0].effect"));
        given().queryParam("reason", "test")
                .queryParam("dryRun", "client")
                .queryParam("confirm", "-1")
                .delete(path("web"))
                .then()
                .statusCode(400)
                .body("errors.field", hasItems("dryRun", "confirm"));
    }

    @Test
    void whoCanNamesPoliciesAndTasksThatReachARole() {
        given().queryParam("iamRoleArn", ROLE)
                .get("/api/v1/who-can")
                .then()
                .statusCode(200)
                .body("reach.policies.name", hasItem("web"))
                .body("reach.taskCount", equalTo(1))
                .body("reach.tasks[0].task.name", equalTo("web-1"));
        given().queryParam("iamRoleArn", "web")
                .get("/api/v1/who-can")
                .then()
                .statusCode(400)
                .body("errors.field", contains("iamRoleArn"));
        given().get("/api/v1/who-can").then().statusCode(400).body("errors.field", contains("iamRoleArn"));
    }

    @Test
    void lintNamesPoliciesThatRestOnSelfAssertedValues() {
        Response lint = given().get("/api/v1/lint");

        lint.then().statusCode(200);
        assertThat(lint.jsonPath().getList("findings.findAll { it.name == 'not-two' }.kind", String.class))
                .containsExactly("self-asserted");
        assertThat(lint.jsonPath().getInt("findingCount"))
                .isEqualTo(lint.jsonPath().getList("findings").size());
    }

    private static Response post(String path, String changes) {
        return given().contentType(ContentType.JSON)
                .body("{\"changes\": [" + changes + "]}")
                .post(path);
    }

    private static String put(String name, String content) {
        return "{\"action\": \"put\", \"namespace\": \"/\", \"name\": \"" + name + "\", \"content\": " + content + "}";
    }

    private static String path(String name) {
        return "/api/v1/namespaces/-/policies/" + name;
    }
}
