package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import io.mesosiam.fakes.TimeLimit;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Policies are written by namespace and name, by the API of a whole controller. */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class StoredPolicyTest {
    private static final String ALLOW = """
            {"effect": "allow", "frameworkPrincipal": "svc-x", "iamRoleArn": "arn:aws:iam::123456789012:role/x"}""";

    @Test
    void putCreatesAPolicyAndGetShowsEveryFieldWithItsDefault() {
        Response created = put("created", ALLOW);

        assertThat(created.statusCode()).as(created.asString()).isEqualTo(201);
        given().get(path("created"))
                .then()
                .statusCode(200)
                .header("ETag", created.header("ETag"))
                .body("namespace", equalTo("/"))
                .body("name", equalTo("created"))
                .body("version", equalTo(1))
                .body("content.effect", equalTo("allow"))
                .body("content.enabled", equalTo(true))
                .body("content.sessionLengthSeconds", equalTo(3600))
                .body("content.sharing", equalTo("task"))
                .body("content.hasExternalId", equalTo(false))
                .body("content", not(hasKey("taskName")));
    }

    @Test
    void everyFieldIsStoredAsWritten() {
        String document = """
                {"description": "all of it", "effect": "allow", "priority": -7, "enabled": false, "matchAll": false,
                 "frameworkPrincipal": "svc-x", "frameworkName": "x", "mesosRole": "eng/x", "taskName": "x-*", "taskUser": "u",
                 "image": "img:?", "labels": [{"key": "team", "value": "x"}, {"key": "gpu"}],
                 "agentAttributes": {"rack": "r1", "row": 109.50, "gpu": null}, "credentialName": "archive",
                 "iamRoleArn": "arn:aws:iam::123456789012:role/x", "sessionName": "{task}",
                 "viaRoleArn": "arn:aws:iam::123456789012:role/hub", "defaultTags": false, "uniqueExternalId": false,
                 "sessionPolicy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]},
                 "sessionPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "tags": {"team": "x", "b": "c"},
                 "transitiveTags": ["team"], "sourceIdentity": "src", "region": "eu-west-1",
                 "sessionLengthSeconds": 900, "shortSession": true, "leaseTtlSeconds": 86400, "sharing": "task",
                 "prefetch": "on-ask", "sensitive": true}""";

        assertThat(put("whole", document).statusCode()).isEqualTo(201);

        String stored = given().get(path("whole"))
                .then()
                .statusCode(200)
                .extract()
                .body()
                .asString();
        assertThat(stored).contains("109.50").contains("\"gpu\":null");
        Map<String, Object> content =
                io.restassured.path.json.JsonPath.from(stored).getMap("content");
        Map<String, Object> sent = new java.util.TreeMap<>(
                io.restassured.path.json.JsonPath.from(document).getMap("$"));
        sent.put("hasExternalId", false);
        assertThat(content).isEqualTo(sent);
    }

    @Test
    void samePutMakesNoNewVersionAndAnotherOneDoes() {
        String first = put("again", ALLOW).header("ETag");

        assertThat(put("again", ALLOW).header("ETag")).isEqualTo(first);
        Response changed = put("again", ALLOW.replace("svc-x", "svc-y"));
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.jsonPath().getInt("version")).isEqualTo(2);
        assertThat(changed.header("ETag")).isNotEqualTo(first);
    }

    @Test
    void writeOfAnotherVersionIsRefusedWithBothVersions() {
        String first = put("raced", ALLOW).header("ETag");
        String second = put("raced", ALLOW.replace("svc-x", "svc-y")).header("ETag");

        json().header("If-Match", first)
                .body(ALLOW)
                .put(path("raced"))
                .then()
                .statusCode(412)
                .body("code", equalTo("precondition-failed"))
                .body("versions.expected", equalTo(first))
                .body("versions.current", equalTo(second));
        json().header("If-None-Match", "*")
                .body(ALLOW)
                .put(path("raced"))
                .then()
                .statusCode(412);
        json().header("If-Match", "*").body(ALLOW).put(path("absent")).then().statusCode(412);
        json().header("If-Match", second).body(ALLOW).put(path("raced")).then().statusCode(200);
    }

    @Test
    void everyWrongFieldIsNamedAtOnce() {
        Response refused = put("wrong", """
                {"effect": "permit", "iamRoleArn": "x", "tags": {"aws:x": "1"}, "sessionLengthSeconds": 5, "region": "moon"}""");

        refused.then()
                .statusCode(422)
                .body("code", equalTo("invalid-object"))
                .body("errors.field", hasItems("effect", "iamRoleArn", "tags", "sessionLengthSeconds", "region"))
                .body("errors.find { it.field == 'effect' }.message", equalTo("allow or deny"));
        given().get(path("wrong")).then().statusCode(404);
    }

    @Test
    void roleThatDeniesSessionsAtAwsIsRefused() {
        put("revoker", ALLOW.replace("role/x", "role/mesos-iam-revoker"))
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-object"))
                .body("errors.field", equalTo(List.of("iamRoleArn")))
                .body(
                        "errors[0].message",
                        equalTo("decisions can't use it: it is the role of mesos-iam.revoke.role-name, which may change"
                                + " the roles of tasks"));
        given().get(path("revoker")).then().statusCode(404);
    }

    @Test
    void fieldsOfTheWrongTypeAreNamedAtOnce() {
        put(
                        "wrong",
                        "{\"effect\": 1, \"priority\": \"high\", \"tasks\": [], \"enabled\": \"\", \"image\": \"\\u0000\"}")
                .then()
                .statusCode(422)
                .body("errors.field", hasItems("effect", "priority", "tasks", "enabled", "image"))
                .body("errors", hasSize(5));
    }

    @Test
    void writeNeedsAReason() {
        given().contentType(ContentType.JSON)
                .body("{\"effect\": \"allow\", \"region\": \"moon\"}")
                .put(path("unreasoned"))
                .then()
                .statusCode(400)
                .body("errors.field", containsInAnyOrder("reason", "matchAll", "region", "iamRoleArn"));
    }

    @Test
    void namespaceThatDoesNotExistIsAWrongField() {
        json().body(ALLOW)
                .put("/api/v1/namespaces/no.where/policies/x")
                .then()
                .statusCode(422)
                .body("errors.field", equalTo(List.of("namespace")));
    }

    @Test
    void patchChangesOnlyTheFieldsThatItNames() {
        put("patched", ALLOW);

        given().contentType("application/merge-patch+json")
                .queryParam("reason", "test")
                .body("{\"frameworkPrincipal\": null, \"taskName\": \"a-*\", \"externalId\": \"secret-id\"}")
                .patch(path("patched"))
                .then()
                .statusCode(200)
                .body("version", equalTo(2))
                .body("content.taskName", equalTo("a-*"))
                .body("content", not(hasKey("frameworkPrincipal")))
                .body("content.hasExternalId", equalTo(true))
                .body("content", not(hasKey("externalId")));
    }

    @Test
    void generatedExternalIdIsShownAndKept() {
        String unique = ALLOW.replace("}", ", \"uniqueExternalId\": true}");
        Response created = put("generated", unique);
        String id = created.jsonPath().getString("content.externalId");

        assertThat(id).endsWith("/" + created.jsonPath().getString("policyId"));
        assertThat(put("generated", unique).header("ETag")).isEqualTo(created.header("ETag"));
        Response changed = put("generated", unique.replace("svc-x", "svc-y"));
        assertThat(changed.jsonPath().getString("content.externalId")).isEqualTo(id);
        assertThat(changed.jsonPath().getInt("version")).isEqualTo(2);
    }

    @Test
    void deletedPolicyIsGoneAndItsNameCanBeUsedAgainWithAnotherEtag() {
        String first = put("deleted", ALLOW).header("ETag");

        given().queryParam("reason", "test").delete(path("deleted")).then().statusCode(204);
        given().get(path("deleted")).then().statusCode(404);
        given().queryParam("reason", "test").delete(path("deleted")).then().statusCode(404);
        assertThat(put("deleted", ALLOW).header("ETag")).isNotEqualTo(first);
    }

    @Test
    void writeNamesItsVersionAndTheVersionComesIntoEffect() {
        Response created = put("rolled-out", ALLOW);
        int first = Integer.parseInt(created.header("Policy-Version"));
        assertThat(created.header("Link")).isEqualTo("</api/v1/policy-versions/" + first + ">; rel=\"status\"");
        Response same = put("rolled-out", ALLOW);
        assertThat(Integer.parseInt(same.header("Policy-Version"))).isGreaterThanOrEqualTo(first);
        Response deleted = given().queryParam("reason", "test").delete(path("rolled-out"));
        int last = Integer.parseInt(deleted.header("Policy-Version"));
        assertThat(last).isGreaterThan(first);

        await().atMost(TimeLimit.seconds(20)).until(() -> given().get("/api/v1/policy-versions/" + last)
                .jsonPath()
                .getBoolean("inEffect"));

        given().get("/api/v1/policy-versions/" + first)
                .then()
                .statusCode(200)
                .body("version", equalTo(first))
                .body("inEffect", equalTo(true))
                .body("hosts", equalTo(0))
                .body("behind", hasSize(0));
        given().get("/api/v1/policy-versions/999999999")
                .then()
                .statusCode(404)
                .body("code", equalTo("not-found"))
                .body("detail", containsString("the newest is "));
        given().get("/api/v1/policy-versions/0")
                .then()
                .statusCode(400)
                .body("errors.field", equalTo(List.of("version")));
        given().get("/api/v1/status")
                .then()
                .statusCode(200)
                .body("controllers.controllerId", hasSize(1))
                .body("complete", equalTo(true))
                .body("policies.readVersion", greaterThanOrEqualTo(last))
                .body("policies.undecidedTasks", equalTo(0));
    }

    @Test
    void writeThatStoresNothingHasNoVersion() {
        assertThat(json().queryParam("dryRun", "server")
                        .body(ALLOW)
                        .put(path("dry"))
                        .then()
                        .statusCode(200)
                        .extract()
                        .header("Policy-Version"))
                .isNull();
        assertThat(put("wrong", "{}").header("Policy-Version")).isNull();
    }

    private static Response put(String name, String document) {
        return json().body(document).put(path(name));
    }

    private static RequestSpecification json() {
        return given().contentType(ContentType.JSON).queryParam("reason", "test");
    }

    private static String path(String name) {
        return "/api/v1/namespaces/-/policies/" + name;
    }
}
