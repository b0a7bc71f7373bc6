package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import io.mesosiam.fakes.TimeLimit;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.inject.Inject;
import java.util.List;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

/** Every version of a policy is listed, compared and restored by the API of a whole controller. */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class PolicyHistoryApiTest {
    @Inject
    Pool pool;

    /** As a person's psql session or a change of the table has it. It would hold a connection that other requests need. */
    @Test
    void readThatWaitsForALockEnds() {
        put("h-locked", 1, "first");
        SqlConnection other = pool.getConnection().await().atMost(TimeLimit.seconds(10));
        try {
            run(other, "begin");
            run(other, "lock table policy_revision in access exclusive mode");
            given().get(path("h-locked") + "/history").then().statusCode(503).body("code", equalTo("unavailable"));
        } finally {
            run(other, "rollback");
            other.close().await().atMost(TimeLimit.seconds(10));
        }
        given().get(path("h-locked") + "/history").then().statusCode(200);
    }

    private static void run(SqlConnection connection, String sql) {
        var unused = connection.query(sql).execute().await().atMost(TimeLimit.seconds(10));
    }

    @Test
    void historyHasWhoChangedEachVersionAndWhy() {
        put("h-who", 1, "first");
        put("h-who", 2, "second");
        given().queryParam("reason", "third").delete(path("h-who")).then().statusCode(204);

        given().get(path("h-who") + "/history")
                .then()
                .statusCode(200)
                .body("items.operation", contains("delete", "update", "insert"))
                .body("items.version", contains(3, 2, 1))
                .body("items.reason", contains("third", "second", "first"))
                .body("items.caller", contains(notNullValue(), notNullValue(), notNullValue()))
                .body(
                        "items[0].databaseUser",
                        equalTo(ConfigProvider.getConfig().getValue("test.administrator", String.class)))
                .body("items[2].content.priority", equalTo(1))
                .body("items[2].content.leaseTtlSeconds", equalTo(86400))
                .body("items[2].content", not(hasKey("externalId")))
                .body("$", not(hasKey("next")));
    }

    @Test
    void historyIsReadInPages() {
        put("h-pages", 1, "a");
        put("h-pages", 2, "b");
        put("h-pages", 3, "c");

        Response first = given().get(path("h-pages") + "/history?limit=2");
        first.then().statusCode(200).body("items.version", contains(3, 2));
        given().queryParam("cursor", first.jsonPath().getString("next"))
                .get(path("h-pages") + "/history?limit=2")
                .then()
                .statusCode(200)
                .body("items.version", contains(1))
                .body("$", not(hasKey("next")));
    }

    @Test
    void diffNamesEachChangedFieldWithoutTheExternalId() {
        String from = tag(put("h-diff", 1, "a"));
        String to = tag(put("h-diff", 2, "b"));

        given().queryParam("from", from)
                .queryParam("to", to)
                .get(path("h-diff") + "/diff")
                .then()
                .statusCode(200)
                .body("changes.field", contains("priority", "externalId"))
                .body("changes[0].before", equalTo(1))
                .body("changes[0].after", equalTo(2))
                .body("changes[1]", not(hasKey("before")));
    }

    @Test
    void earlierVersionIsRestoredAlsoAfterADeletion() {
        String first = tag(put("h-restored", 1, "a"));
        put("h-restored", 2, "b");

        restore("h-restored", first)
                .then()
                .statusCode(200)
                .body("version", equalTo(3))
                .body("content.priority", equalTo(1));
        given().queryParam("from", first)
                .queryParam("to", given().get(path("h-restored")).jsonPath().getString("policyId") + ".3")
                .get(path("h-restored") + "/diff")
                .then()
                .body("changes", hasSize(0));
        given().queryParam("reason", "gone").delete(path("h-restored"));
        restore("h-restored", first).then().statusCode(201).body("content.leaseTtlSeconds", equalTo(86400));
    }

    @Test
    void versionOfAnotherPolicyIsNotFound() {
        String other = tag(put("h-other", 1, "a"));
        put("h-mine", 1, "a");

        restore("h-mine", other).then().statusCode(404);
        restore("h-mine", "1").then().statusCode(400).body("errors.field", equalTo(List.of("version")));
    }

    private static Response restore(String name, String version) {
        return given().queryParam("reason", "back")
                .queryParam("version", version)
                .post(path(name) + "/restore");
    }

    private static Response put(String name, int priority, String reason) {
        Response response = given().contentType(ContentType.JSON)
                .queryParam("reason", reason)
                .body("{\"effect\": \"allow\", \"frameworkPrincipal\": \"svc-x\", \"leaseTtlSeconds\": 86400,"
                        + " \"externalId\": \"id-" + priority + "\", \"priority\": " + priority
                        + ", \"iamRoleArn\": \"arn:aws:iam::123456789012:role/x\"}")
                .put(path(name));
        assertThat(response.statusCode()).as(response.asString()).isIn(200, 201);
        return response;
    }

    private static String tag(Response response) {
        return response.header("ETag").replace("\"", "");
    }

    private static String path(String name) {
        return "/api/v1/namespaces/-/policies/" + name;
    }
}
