package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
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
                .body("madeBy", notNullValue())
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
                .body("liftedBy", notNullValue());
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

    private static Response post(String path, String body) {
        return given().contentType(ContentType.JSON)
                .queryParam("reason", "test")
                .body(body)
                .post(path);
    }
}
