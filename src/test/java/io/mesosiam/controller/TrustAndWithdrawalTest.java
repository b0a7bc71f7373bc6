package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Attribute trust and withdrawals are created, listed and ended by the API of a whole controller. */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class TrustAndWithdrawalTest {
    @Test
    void trustIsCreatedOnceListedAndDeleted() {
        String body = "{\"frameworkPrincipal\": \"svc-trusted\", \"attribute\": \"label\", \"key\": \"team\"}";
        String id = post("/api/v1/attribute-trust", body)
                .then()
                .statusCode(201)
                .body("madeBy", equalTo(caller()))
                .extract()
                .path("id");

        post("/api/v1/attribute-trust", body).then().statusCode(409).body("code", equalTo("conflict"));
        given().get("/api/v1/attribute-trust").then().statusCode(200).body("items.id", hasItem(id));
        given().queryParam("reason", "test")
                .delete("/api/v1/attribute-trust/" + id)
                .then()
                .statusCode(204);
        given().get("/api/v1/attribute-trust").then().body("items.id", not(hasItem(id)));
        given().queryParam("reason", "test")
                .delete("/api/v1/attribute-trust/" + id)
                .then()
                .statusCode(404);
    }

    @Test
    void trustIsReplacedPatchedAndDeletedInTheVersionThatWasSeen() {
        String path = "/api/v1/attribute-trust/" + UUID.randomUUID();
        String body = "{\"frameworkPrincipal\": \"svc-versioned\", \"attribute\": \"label\", \"key\": \"team\"}";

        String first = json("test")
                .body(body)
                .put(path)
                .then()
                .statusCode(201)
                .extract()
                .header("ETag");
        json("test").body(body).put(path).then().statusCode(200).header("ETag", equalTo(first));
        json("test").header("If-None-Match", "*").body(body).put(path).then().statusCode(412);
        String second = given().queryParam("reason", "test")
                .contentType("application/merge-patch+json")
                .header("If-Match", first)
                .body("{\"description\": \"set by the pipeline\", \"key\": null}")
                .patch(path)
                .then()
                .statusCode(200)
                .body("description", equalTo("set by the pipeline"))
                .body("$", not(hasKey("key")))
                .extract()
                .header("ETag");
        given().get(path).then().statusCode(200).header("ETag", equalTo(second));

        json("test")
                .header("If-Match", first)
                .body(body)
                .put(path)
                .then()
                .statusCode(412)
                .body("versions.expected", equalTo(first))
                .body("versions.current", equalTo(second));
        given().queryParam("reason", "test")
                .header("If-Match", first)
                .delete(path)
                .then()
                .statusCode(412);
        given().queryParam("reason", "test")
                .header("If-Match", second)
                .delete(path)
                .then()
                .statusCode(204);
        given().get(path).then().statusCode(404);
        given().queryParam("reason", "test")
                .contentType("application/merge-patch+json")
                .body("{}")
                .patch(path)
                .then()
                .statusCode(404);
    }

    @Test
    void trustThatIsMadeAgainHasNoVersionOfTheFormerOne() {
        String path = "/api/v1/attribute-trust/" + UUID.randomUUID();
        String body = "{\"frameworkPrincipal\": \"svc-made-again\", \"attribute\": \"label\"}";
        List<String> former = new ArrayList<>();
        former.add(json("test").body(body).put(path).header("ETag"));
        former.add(given().queryParam("reason", "test")
                .contentType("application/merge-patch+json")
                .body("{\"key\": \"team\"}")
                .patch(path)
                .header("ETag"));
        given().queryParam("reason", "test").delete(path).then().statusCode(204);
        json("test").body(body).put(path).then().statusCode(201);

        for (int i = 0; i < 2; i++) {
            for (String tag : former) {
                given().queryParam("reason", "test")
                        .header("If-Match", tag)
                        .delete(path)
                        .then()
                        .statusCode(412);
            }
            given().queryParam("reason", "test")
                    .contentType("application/merge-patch+json")
                    .body("{\"key\": \"team\"}")
                    .patch(path)
                    .then()
                    .statusCode(200);
        }
        given().queryParam("reason", "test").delete(path).then().statusCode(204);
    }

    @Test
    void missingReasonIsNamedTogetherWithTheWrongFields() {
        String wrong = "{\"attribute\": \"shoe_size\", \"key\": \"\", \"colour\": 1}";

        given().contentType(ContentType.JSON)
                .body(wrong)
                .post("/api/v1/attribute-trust")
                .then()
                .statusCode(400)
                .body("code", equalTo("invalid-parameter"))
                .body("errors.field", hasItems("reason", "frameworkPrincipal", "attribute", "key", "colour"));
        given().contentType(ContentType.JSON)
                .header("If-Match", "seven")
                .body(wrong)
                .put("/api/v1/attribute-trust/one")
                .then()
                .statusCode(400)
                .body(
                        "errors.field",
                        hasItems("id", "reason", "If-Match", "frameworkPrincipal", "attribute", "colour"));
    }

    @Test
    void missingReasonOfEveryOtherWriteIsNamedTogetherWithTheWrongFields() {
        String id = post(
                        "/api/v1/attribute-trust",
                        "{\"frameworkPrincipal\": \"svc-unreasoned\", \"attribute\": \"label\"}")
                .path("id");
        given().contentType("application/merge-patch+json")
                .body("{\"attribute\": \"image\", \"key\": \"x\", \"shoe\": 1}")
                .patch("/api/v1/attribute-trust/" + id)
                .then()
                .statusCode(400)
                .body("errors.field", containsInAnyOrder("reason", "key", "shoe"));
        given().contentType(ContentType.JSON)
                .queryParam("dryRun", "client")
                .body("{\"taskId\": \"t\", \"policyId\": 7, \"colour\": 1}")
                .post("/api/v1/withdrawals")
                .then()
                .statusCode(400)
                .body("errors.field", hasItems("reason", "dryRun", "taskId", "policyId", "colour"));
        given().contentType(ContentType.JSON)
                .body("{\"awsAccounts\": [\"1\"], \"colour\": 1}")
                .put("/api/v1/namespaces/unreasoned")
                .then()
                .statusCode(400)
                .body("errors.field", containsInAnyOrder("reason", "awsAccounts", "colour"));
    }

    @Test
    void dryRunOfTrustAndWithdrawalStoresNothing() {
        String body = "{\"frameworkPrincipal\": \"svc-dry\", \"attribute\": \"label\"}";
        json("test")
                .queryParam("dryRun", "server")
                .body(body)
                .post("/api/v1/attribute-trust")
                .then()
                .statusCode(200)
                .body("leasesEnded", equalTo(0))
                .body("$", hasKey("basis"));
        given().queryParam("filter", "{\"frameworkPrincipal\": \"svc-dry\"}")
                .get("/api/v1/attribute-trust")
                .then()
                .body("items", empty());
        String framework = "f-" + UUID.randomUUID();
        json("test")
                .queryParam("dryRun", "server")
                .body("{\"frameworkId\": \"" + framework + "\"}")
                .post("/api/v1/withdrawals")
                .then()
                .statusCode(200)
                .body("leasesEnded", equalTo(0))
                .body("warnings", hasSize(2));
        given().queryParam("filter", "{\"frameworkId\": \"" + framework + "\"}")
                .get("/api/v1/withdrawals")
                .then()
                .body("items", empty());
    }

    @Test
    void patchThatMakesATrustInvalidIsRefused() {
        String id = post(
                        "/api/v1/attribute-trust",
                        "{\"frameworkPrincipal\": \"svc-patched\", \"attribute\": \"label\", \"key\": \"team\"}")
                .path("id");

        given().queryParam("reason", "test")
                .contentType("application/merge-patch+json")
                .body("{\"frameworkPrincipal\": null, \"attribute\": \"image\", \"shoe\": 1}")
                .patch("/api/v1/attribute-trust/" + id)
                .then()
                .statusCode(422)
                .body("errors.field", hasItems("frameworkPrincipal", "key", "shoe"));
    }

    @Test
    void trustIsListedByAFilterInAnOrderAPageAtATime() {
        String description = "listed " + UUID.randomUUID();
        for (String principal : List.of("svc-b", "svc-c", "svc-a")) {
            post(
                            "/api/v1/attribute-trust",
                            "{\"frameworkPrincipal\": \"%s-%s\", \"attribute\": \"image\", \"description\": \"%s\"}"
                                    .formatted(principal, description.substring(7), description))
                    .then()
                    .statusCode(201);
        }
        String filter = "{\"description\": \"" + description + "\", \"key\": null}";

        Response first = given().queryParam("filter", filter)
                .queryParam("sort", "-frameworkPrincipal")
                .queryParam("fields", "frameworkPrincipal")
                .queryParam("limit", 2)
                .get("/api/v1/attribute-trust");
        first.then().statusCode(200).body("items", hasSize(2)).body("items[0].keySet()", hasSize(1));
        assertThat(first.jsonPath().getList("items.frameworkPrincipal", String.class))
                .extracting(name -> name.substring(0, 5))
                .containsExactly("svc-c", "svc-b");
        given().queryParam("filter", filter)
                .queryParam("sort", "-frameworkPrincipal")
                .queryParam("limit", 2)
                .queryParam("cursor", first.jsonPath().getString("next"))
                .get("/api/v1/attribute-trust")
                .then()
                .statusCode(200)
                .body("items", hasSize(1))
                .body("items[0].frameworkPrincipal", startsWith("svc-a"))
                .body("$", not(hasKey("next")));
        given().queryParam("filter", "{\"shoe\": 1}")
                .queryParam("sort", "size")
                .queryParam("cursor", "x.y")
                .get("/api/v1/attribute-trust")
                .then()
                .statusCode(400)
                .body("errors.field", hasItems("filter", "sort", "cursor"));
    }

    @Test
    void withdrawalsAreFilteredAndSortedByEveryColumn() {
        String framework = "f-" + UUID.randomUUID();
        for (int sequence : new int[] {2, 3, 1}) {
            post(
                            "/api/v1/withdrawals",
                            "{\"frameworkId\": \"%s\", \"taskId\": \"t\", \"mesosAgentId\": \"S1\", \"launchSequence\": %d}"
                                    .formatted(framework, sequence))
                    .then()
                    .statusCode(201);
        }
        for (String column : List.of(
                "id",
                "frameworkId",
                "taskId",
                "mesosAgentId",
                "launchSequence",
                "credentialName",
                "policyId",
                "iamRoleArn",
                "reason",
                "madeBy",
                "keysValidUntil",
                "liftedBy")) {
            given().queryParam("sort", column)
                    .queryParam(
                            "filter",
                            "{\"frameworkId\": \"" + framework + "\", \"policyId\": null, \"liftedBy\": null}")
                    .queryParam("limit", 2)
                    .get("/api/v1/withdrawals")
                    .then()
                    .statusCode(200)
                    .body("items", hasSize(2))
                    .body("next", notNullValue());
        }
        given().queryParam("sort", "-launchSequence")
                .queryParam("filter", "{\"frameworkId\": \"" + framework + "\"}")
                .get("/api/v1/withdrawals")
                .then()
                .statusCode(200)
                .body("items.launchSequence", contains(3, 2, 1));
        given().queryParam("filter", "{\"launchSequence\": 2, \"policyId\": \"no id\"}")
                .get("/api/v1/withdrawals")
                .then()
                .statusCode(400);
    }

    @Test
    void everyWrongFieldOfATrustIsNamed() {
        post("/api/v1/attribute-trust", "{\"attribute\": \"shoe_size\", \"key\": \"\", \"colour\": 1}")
                .then()
                .statusCode(422)
                .body("errors.field", hasItems("frameworkPrincipal", "attribute", "key", "colour"));
    }

    @Test
    void withdrawalStandsUntilItIsLifted() {
        String framework = "f-" + UUID.randomUUID();
        String id = post("/api/v1/withdrawals", "{\"frameworkId\": \"" + framework + "\"}")
                .then()
                .statusCode(201)
                .body("reason", equalTo("test"))
                .body("$", not(hasKey("liftedAt")))
                .extract()
                .path("id");

        post("/api/v1/withdrawals", "{\"frameworkId\": \"" + framework + "\"}")
                .then()
                .statusCode(409);
        given().get("/api/v1/withdrawals?limit=1000").then().statusCode(200).body("items.id", hasItem(id));
        given().queryParam("reason", "over")
                .post("/api/v1/withdrawals/" + id + "/lift")
                .then()
                .statusCode(200)
                .body("liftedAt", notNullValue())
                .body("madeBy", equalTo(caller()))
                .body("liftedBy", equalTo(caller()));
        given().queryParam("reason", "over")
                .post("/api/v1/withdrawals/" + id + "/lift")
                .then()
                .statusCode(200);
        given().get("/api/v1/withdrawals?limit=1000").then().body("items.id", not(hasItem(id)));
        given().get("/api/v1/withdrawals?standing=false&limit=1000").then().body("items.id", hasItem(id));
    }

    @Test
    void withdrawalThatNamesNothingIsRefused() {
        post(
                        "/api/v1/withdrawals",
                        "{\"policyId\": \"0b9f8f1e-6c1e-4f0a-9b57-3d1c2a4e5f60\", \"credentialName\": \"A\"}")
                .then()
                .statusCode(422)
                .body("errors.field", hasItems("policyId", "credentialName"));
        post("/api/v1/withdrawals", "{\"taskId\": \"t\", \"launchSequence\": 0}")
                .then()
                .statusCode(422);
    }

    private static String caller() {
        return given().get("/api/v1/tokens/caller").then().extract().path("name");
    }

    private static Response post(String path, String body) {
        return json("test").body(body).post(path);
    }

    private static RequestSpecification json(String reason) {
        return given().contentType(ContentType.JSON).queryParam("reason", reason);
    }
}
