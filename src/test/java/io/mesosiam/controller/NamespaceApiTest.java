package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Namespaces are written by the API of a whole controller, and bound policies at once. */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class NamespaceApiTest {
    private static final String NARROW = """
            {"iamRoleArns": ["arn:aws:iam::123456789012:role/data-*"], "longestTtlSeconds": 86400}""";

    @Test
    void putCreatesANamespaceAndGetShowsEveryFieldAsWritten() {
        String document = """
                {"description": "all of it", "iamRoleArns": ["arn:aws:iam::123456789012:role/*"], "viaRoleArns": [], "awsAccounts": [],
                 "mesosRoles": ["eng/data"], "frameworkPrincipals": ["svc-x"], "longestTtlSeconds": 3600,
                 "sessionPolicyFloor": [{"Effect": "Deny", "Action": ["iam:*"], "Resource": "*"}],
                 "trustedSelectorsOnly": true, "sensitiveOnly": true}""";

        Response created = put("n-whole", document);

        assertThat(created.statusCode()).as(created.asString()).isEqualTo(201);
        Response stored = given().get(path("n-whole"));
        stored.then()
                .statusCode(200)
                .header("ETag", created.header("ETag"))
                .body("path", equalTo("/n-whole"))
                .body("parent", equalTo("/"))
                .body("version", equalTo(1));
        assertThat(stored.jsonPath().getMap("content"))
                .isEqualTo(JsonPath.from(document).getMap("$"));
    }

    @Test
    void samePutMakesNoNewVersionAndAnotherOneDoes() {
        String first = put("n-again", NARROW).header("ETag");

        assertThat(put("n-again", NARROW).header("ETag")).isEqualTo(first);
        Response changed = put("n-again", "{}");
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.jsonPath().getInt("version")).isEqualTo(2);
        assertThat(changed.jsonPath().getMap("content"))
                .isEqualTo(Map.of("trustedSelectorsOnly", false, "sensitiveOnly", false));
    }

    @Test
    void writeOfAnotherVersionIsRefusedWithBothVersions() {
        String first = put("n-raced", NARROW).header("ETag");
        String second = put("n-raced", "{}").header("ETag");

        json().header("If-Match", first)
                .body(NARROW)
                .put(path("n-raced"))
                .then()
                .statusCode(412)
                .body("versions.expected", equalTo(first))
                .body("versions.current", equalTo(second));
        json().header("If-None-Match", "*")
                .body(NARROW)
                .put(path("n-raced"))
                .then()
                .statusCode(412);
        given().queryParam("reason", "test")
                .header("If-Match", first)
                .delete(path("n-raced"))
                .then()
                .statusCode(412);
    }

    @Test
    void boundsBelowATopmostNamespaceHaveAMebibyteTogether() {
        String pattern = "\"arn:aws:iam::123456789012:role/" + "x".repeat(600) + "\"";
        String large = "{\"iamRoleArns\": [" + String.join(",", Collections.nCopies(100, pattern)) + "]}";
        assertThat(put("n-large", "{}").statusCode()).isEqualTo(201);
        List<String> below =
                IntStream.range(0, 16).mapToObj(i -> "n-large.n" + i).toList();
        below.forEach(path -> assertThat(put(path, large).statusCode()).as(path).isEqualTo(201));

        put("n-large.more", large)
                .then()
                .statusCode(409)
                .body("detail", containsString("namespace /n-large has, with those below it, at most 1 MiB"));
        given().get(path("n-large.more")).then().statusCode(404);
        assertThat(put("n-larger", large).statusCode()).isEqualTo(201);

        assertThat(put(below.getFirst(), "{}").statusCode()).isEqualTo(200);
        assertThat(put("n-large.more", large).statusCode()).isEqualTo(201);
        Stream.of(below, List.of("n-large.more", "n-larger", "n-large"))
                .flatMap(List::stream)
                .forEach(path -> assertThat(delete(path).statusCode()).isEqualTo(204));
    }

    @Test
    void everyWrongFieldIsNamedAtOnce() {
        put("n-wrong.below", """
                {"awsAccounts": ["1"], "mesosRoles": ["a//b"], "longestTtlSeconds": 5, "sessionPolicyFloor": [],
                 "iamRoleArns": ["two words"], "frameworkPrincipals": [7], "bounds": 1, "sensitiveOnly": "yes"}""")
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-object"))
                .body(
                        "errors.field",
                        hasItems(
                                "awsAccounts",
                                "mesosRoles",
                                "longestTtlSeconds",
                                "sessionPolicyFloor",
                                "iamRoleArns",
                                "frameworkPrincipals",
                                "bounds",
                                "sensitiveOnly",
                                "namespace"))
                .body("errors.find { it.field == 'namespace' }.message", containsString("/n-wrong"));
        given().get(path("n-wrong.below")).then().statusCode(404);
    }

    @Test
    void writeNeedsAReason() {
        given().contentType(ContentType.JSON)
                .body("{}")
                .put(path("n-unreasoned"))
                .then()
                .statusCode(400)
                .body("errors.field", contains("reason"));
    }

    @Test
    void patchChangesOnlyTheFieldsThatItNames() {
        put("n-patched", NARROW);

        patch("n-patched", "{\"iamRoleArns\": null, \"awsAccounts\": [\"123456789012\"]}")
                .then()
                .statusCode(200)
                .body("version", equalTo(2))
                .body("content.awsAccounts", contains("123456789012"))
                .body("content.longestTtlSeconds", equalTo(86400))
                .body("content", not(hasKey("iamRoleArns")));
        patch("n-absent", "{}").then().statusCode(404);
    }

    @Test
    void namespaceWithPoliciesOrNamespacesBelowIsNotDeleted() {
        put("n-full", "{}");
        put("n-full.child", "{}");
        String policy = path("n-full.child") + "/policies/p";
        json().body("{\"effect\": \"deny\", \"taskName\": \"absent\"}")
                .put(policy)
                .then()
                .statusCode(201);

        delete("n-full")
                .then()
                .statusCode(409)
                .body("code", equalTo("conflict"))
                .body(
                        "detail",
                        equalTo(
                                "the namespace has policies, launch grants that have not ended, or namespaces below it"));
        delete("n-full.child").then().statusCode(409);
        given().queryParam("reason", "test").delete(policy).then().statusCode(204);
        delete("n-full.child").then().statusCode(204);
        delete("n-full").then().statusCode(204);
        delete("n-full").then().statusCode(404);
        delete("-").then().statusCode(409);
    }

    @Test
    void historyHasEveryVersionAndOneIsRestored() {
        String first = put("n-history", NARROW).jsonPath().getString("namespaceId");
        put("n-history", "{}");
        delete("n-history").then().statusCode(204);

        Response history = given().get(path("n-history") + "/history");
        history.then()
                .statusCode(200)
                .body("items.operation", contains("delete", "update", "insert"))
                .body("items.reason", contains("test", "test", "test"))
                .body("items.caller", contains("token:admin", "token:admin", "token:admin"))
                .body("items[2].content.longestTtlSeconds", equalTo(86400));
        given().get(path("n-history") + "/diff?from=" + first + ".1&to=" + first + ".2")
                .then()
                .statusCode(200)
                .body("changes.field", contains("iamRoleArns", "longestTtlSeconds"))
                .body("changes[1].before", equalTo(86400))
                .body("changes[1]", not(hasKey("after")));
        given().queryParam("reason", "test")
                .queryParam("version", first + ".1")
                .post(path("n-history") + "/restore")
                .then()
                .statusCode(201)
                .body("content.longestTtlSeconds", equalTo(86400))
                .body("namespaceId", not(equalTo(first)));
        given().get(path("n-history") + "/history?limit=1")
                .then()
                .body("items[0].operation", equalTo("insert"))
                .body("$", hasKey("next"));
    }

    @Test
    void listIsFilteredSortedAndReadInPages() {
        put("n-list", "{}");
        put("n-list.a", "{\"sensitiveOnly\": true}");
        put("n-list.b", "{\"sensitiveOnly\": true}");
        put("n-list.c", "{}");

        Response first = list("/n-list", null);
        first.then().statusCode(200).body("items.path", contains("/n-list/b")).body("$", hasKey("next"));
        list("/n-list", first.jsonPath().getString("next"))
                .then()
                .body("items.path", contains("/n-list/a"))
                .body("$", not(hasKey("next")));
        given().get("/api/v1/namespaces?cursor=x").then().statusCode(404).body("code", equalTo("not-found"));
        given().get("/api/v1/namespaces?sort=iamRoleArns&filter=7&cursor=x.y&limit=0")
                .then()
                .statusCode(400)
                .body("errors.field", hasItems("sort", "filter", "cursor", "limit"));
    }

    private static Response list(String parent, String cursor) {
        RequestSpecification request = given().queryParam(
                        "filter", "{\"parent\": \"" + parent + "\", \"sensitiveOnly\": true}")
                .queryParam("sort", "-path")
                .queryParam("fields", "path,sensitiveOnly")
                .queryParam("limit", 1);
        return cursor == null
                ? request.get("/api/v1/namespaces")
                : request.queryParam("cursor", cursor).get("/api/v1/namespaces");
    }

    @Test
    void administratorOfANamespaceWritesBelowItAndNeverTheNamespaceItself() {
        put("n-data", "{}");
        put("n-data.team", NARROW);
        put("n-other", "{}");
        for (String role : List.of("namespace-admin", "admin")) {
            String token = token("n-" + role, role + ":/n-data/team");
            String below = "n-data.team." + role;

            assertThat(as(token, "{}").put(path(below)).statusCode()).isEqualTo(201);
            assertThat(as(token, NARROW).put(path(below)).statusCode()).isEqualTo(200);
            for (String elsewhere : List.of("-", "n-data", "n-data.team", "n-data.x", "n-other", "n-data.teams")) {
                as(token, "{}").put(path(elsewhere)).then().statusCode(403);
                given(token)
                        .queryParam("reason", "test")
                        .delete(path(elsewhere))
                        .then()
                        .statusCode(403);
            }
            given(token).get(path("n-data")).then().statusCode(403);
            given(token).get(path("n-data.team")).then().statusCode(200);
            assertThat(given(token).get("/api/v1/namespaces").jsonPath().getList("items.path", String.class))
                    .contains("/n-data/team", "/n-data/team/" + role)
                    .allMatch(path -> path.startsWith("/n-data/team"));
        }
    }

    @Test
    void onlyAnAdminWritesTheRoot() {
        as(SignedIn.token("namespace-admin"), "{}").put(path("-")).then().statusCode(403);
        patch("-", "{\"description\": \"the root\"}").then().statusCode(200);
    }

    private static String token(String name, String role) {
        return given().contentType(ContentType.JSON)
                .body("{\"name\": \"%s\", \"roles\": [\"%s\"], \"expiresAt\": \"%s\"}"
                        .formatted(name, role, Instant.now().plus(Duration.ofHours(1))))
                .post("/api/v1/tokens")
                .then()
                .statusCode(201)
                .extract()
                .path("token");
    }

    private static Response put(String segment, String document) {
        return json().body(document).put(path(segment));
    }

    private static Response patch(String segment, String document) {
        return given().contentType("application/merge-patch+json")
                .queryParam("reason", "test")
                .body(document)
                .patch(path(segment));
    }

    private static Response delete(String segment) {
        return given().queryParam("reason", "test").delete(path(segment));
    }

    private static RequestSpecification json() {
        return as(SignedIn.TOKEN, "");
    }

    private static RequestSpecification as(String token, String body) {
        RequestSpecification request =
                given(token).contentType(ContentType.JSON).queryParam("reason", "test");
        return body.isEmpty() ? request : request.body(body);
    }

    private static String path(String segment) {
        return "/api/v1/namespaces/" + segment;
    }
}
