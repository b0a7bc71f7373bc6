package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Many policies are changed together, or none; and stored policies are listed. */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class PolicyApplyTest {
    @TestHTTPResource("/")
    URI api;

    @Test
    void allChangesAreStoredTogether() {
        apply(put("a-gone", "x", 1)).then().statusCode(200);

        apply(put("a-one", "x", 1) + "," + put("a-two", "y", 2) + ","
                        + "{\"action\": \"delete\", \"namespace\": \"/\", \"name\": \"a-gone\", \"ifMatch\": \"*\"}")
                .then()
                .statusCode(200)
                .body("results.outcome", contains("created", "created", "deleted"))
                .body("results.name", contains("a-one", "a-two", "a-gone"))
                .body("results[2]", not(hasKey("tag")));
        apply(
                        put("a-one", "x", 1) + ","
                                + "{\"action\": \"patch\", \"namespace\": \"/\", \"name\": \"a-two\", \"patch\": {\"priority\": 9}}")
                .then()
                .statusCode(200)
                .body("results.outcome", contains("unchanged", "changed"));
    }

    @Test
    void faultsOfAllChangesAreNamedAndNothingIsStored() {
        apply(
                        put("b-good", "x", 1) + "," + put("b-bad", "", 1) + ","
                                + "{\"action\": \"delete\", \"namespace\": \"/\", \"name\": \"b-absent\"},"
                                + "{\"action\": \"put\", \"namespace\": \"/\", \"name\": \"b-worse\", \"content\": {\"effect\": 1, \"sharing\": \"x\"}}")
                .then()
                .statusCode(422)
                .body("errors.field", hasItems("changes[1].frameworkName", "changes[2]", "changes[3].effect"));
        given().get("/api/v1/namespaces/-/policies/b-good").then().statusCode(404);
    }

    @Test
    void formOfEveryChangeIsChecked() {
        apply("{\"action\": \"rename\", \"namespace\": \"data\", \"name\": \"two words\"},"
                        + "{\"action\": \"put\", \"namespace\": \"/\", \"name\": \"c\", \"patch\": {}, \"extra\": 1},"
                        + "7,"
                        + put("c-twice", "x", 1) + "," + put("c-twice", "y", 1))
                .then()
                .statusCode(422)
                .body(
                        "errors.field",
                        hasItems(
                                "changes[0].action",
                                "changes[0].namespace",
                                "changes[0].name",
                                "changes[1].content",
                                "changes[1].patch",
                                "changes[1].extra",
                                "changes[2]",
                                "changes[4]"));
    }

    @Test
    void listIsFilteredSortedAndReadInPages() {
        apply(put("l-1", "listed", 5) + "," + put("l-2", "listed", 5) + "," + put("l-3", "listed", 7))
                .then()
                .statusCode(200);
        String list =
                "/api/v1/namespaces/-/policies?filter=%7B%22frameworkName%22%3A%22listed%22%2C%22region%22%3Anull%7D"
                        + "&sort=-priority&limit=2";

        Response first = given().urlEncodingEnabled(false).get(list);
        first.then().statusCode(200).body("items[0].name", equalTo("l-3"));
        given().urlEncodingEnabled(false)
                .get(list + "&fields=name,priority&cursor=" + first.jsonPath().getString("next"))
                .then()
                .statusCode(200)
                .body("items.size()", equalTo(1))
                .body("items[0]", not(hasKey("version")))
                .body("items[0].content.priority", equalTo(5))
                .body("items[0].content", not(hasKey("effect")))
                .body("$", not(hasKey("next")));
    }

    @Test
    void listOfANamespaceThatDoesNotExistIsNotFound() {
        given().get("/api/v1/namespaces/data.reportign/policies")
                .then()
                .statusCode(404)
                .body("code", equalTo("not-found"))
                .body("errors.field", contains("namespace"))
                .body("errors.message", contains("there is no namespace /data/reportign"));
    }

    @Test
    void missingReasonIsNamedTogetherWithTheFaultsOfAllChanges() {
        given().contentType(ContentType.JSON)
                .body("{\"changes\": [" + put("m-good", "x", 1) + "," + put("m-bad", "", 1) + "]}")
                .post("/api/v1/policies/apply")
                .then()
                .statusCode(400)
                .body("errors.field", containsInAnyOrder("reason", "changes[1].frameworkName"));
        given().contentType(ContentType.JSON)
                .queryParam("confirm", "many")
                .body("{\"changes\": [{\"action\": \"rename\", \"namespace\": \"/\", \"name\": \"x\"}]}")
                .post("/api/v1/policies/apply")
                .then()
                .statusCode(400)
                .body("errors.field", containsInAnyOrder("reason", "confirm", "changes[0].action"));
        given().get("/api/v1/namespaces/-/policies/m-good").then().statusCode(404);
    }

    @Test
    void attributeTrustIsAppliedWithPolicies() {
        String id = UUID.randomUUID().toString();
        String content = "{\"frameworkPrincipal\": \"svc-" + id + "\", \"attribute\": \"label\", \"key\": \"team\"}";
        String trust = "{\"kind\": \"attribute-trust\", \"action\": \"put\", \"id\": \"" + id + "\", \"content\": "
                + content + "}";

        apply(trust + "," + put("t-one", "x", 1))
                .then()
                .statusCode(200)
                .body("results.kind", contains("attribute-trust", "policy"))
                .body("results.outcome", contains("created", "created"))
                .body("results[0].id", equalTo(id))
                .body("results[0]", not(hasKey("namespace")));
        apply(trust).then().statusCode(200).body("results.outcome", contains("unchanged"));
        given().contentType(ContentType.JSON)
                .body("{\"changes\": [{\"kind\": \"attribute-trust\", \"action\": \"delete\", \"id\": \"" + id
                        + "\"}]}")
                .post("/api/v1/preview")
                .then()
                .statusCode(200)
                .body("leasesEnded", equalTo(0));
        given().get("/api/v1/attribute-trust/" + id).then().statusCode(200);
        apply("{\"kind\": \"attribute-trust\", \"action\": \"put\", \"id\": \"" + id
                        + "\", \"name\": \"x\", \"content\": {\"attribute\": \"shoe\"}}, {\"kind\": \"attribute-trust\","
                        + " \"action\": \"delete\", \"id\": \"7\", \"namespace\": \"/\"}")
                .then()
                .statusCode(422)
                .body("errors.field", containsInAnyOrder("changes[0].name", "changes[1].id", "changes[1].namespace"));
        apply("{\"kind\": \"attribute-trust\", \"action\": \"delete\", \"id\": \"" + id + "\"}")
                .then()
                .statusCode(200)
                .body("results.outcome", contains("deleted"));
    }

    @Test
    void listIsCompressedForCallersThatAcceptIt() throws Exception {
        URI list = api.resolve("/api/v1/namespaces/-/policies");
        HttpRequest request = HttpRequest.newBuilder(list)
                .header("Accept-Encoding", "gzip")
                .header("Authorization", "Bearer " + SignedIn.TOKEN)
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());

            assertThat(response.headers().firstValue("Content-Encoding")).hasValue("gzip");
            assertThat(new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes())
                    .startsWith("{\"items\":".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void wrongParametersOfAListAreNamedAtOnce() {
        given().get("/api/v1/namespaces/-/policies?filter=x&sort=labels&fields=a-b&limit=0&cursor=x.y&below=maybe")
                .then()
                .statusCode(400)
                .body("errors.field", hasItems("filter", "sort", "fields", "limit", "cursor", "below"));
    }

    private static Response apply(String changes) {
        return given().contentType(ContentType.JSON)
                .queryParam("reason", "test")
                .body("{\"changes\": [" + changes + "]}")
                .post("/api/v1/policies/apply");
    }

    private static String put(String name, String framework, int priority) {
        return "{\"action\": \"put\", \"namespace\": \"/\", \"name\": \"" + name + "\", \"content\":"
                + " {\"effect\": \"deny\", \"frameworkName\": \"" + framework + "\", \"priority\": " + priority + "}}";
    }
}
