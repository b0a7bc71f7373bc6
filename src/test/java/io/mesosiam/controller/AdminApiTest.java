package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyOrNullString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.mesosiam.fakes.TimeLimit;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The admin API of a whole controller, beside a master with tasks and a database with policies, without an agent. */
@QuarkusTest
@WithTestResource(ClusterForController.class)
class AdminApiTest {
    @ConfigProperty(name = "test.framework")
    String framework;

    @ConfigProperty(name = "test.management")
    URI management;

    @BeforeEach
    void controllerIsReady() {
        Instant deadline = Instant.now().plus(TimeLimit.seconds(30));
        while (given().get(management.resolve("/health/ready")).statusCode() != 200) {
            assertThat(Instant.now()).isBefore(deadline);
        }
    }

    @Test
    void policiesAreListedWithTheCurrentVersion() {
        given().get("/api/v1/policies")
                .then()
                .statusCode(200)
                .body("version", equalTo(3))
                .body("items.name", hasItems("web", "not-two"))
                .body("items.find { it.name == 'web' }.gives.iamRoleArn", equalTo("arn:aws:iam::123456789012:role/web"))
                .body("items.find { it.name == 'web' }.selectors[0].attribute", equalTo("framework_principal"))
                .body("items.find { it.name == 'web' }.matchAll", equalTo(false))
                .body("rejected", hasSize(0))
                .body("rejectedCount", equalTo(0));
    }

    @Test
    void pageHasTheCursorOfTheNextOne() {
        String next = given().get("/api/v1/policies?limit=1")
                .then()
                .statusCode(200)
                .body("items", hasSize(1))
                .extract()
                .path("next");

        given().queryParam("cursor", next)
                .get("/api/v1/policies?limit=1")
                .then()
                .statusCode(200)
                .body("items", hasSize(1))
                .body("$", org.hamcrest.Matchers.not(org.hamcrest.Matchers.hasKey("next")));
    }

    @Test
    void allowedTaskIsExplainedWithEveryPolicyAndItsWaitReason() {
        explain("web-1")
                .statusCode(200)
                .body("launches", hasSize(1))
                .body("launches[0].state", equalTo("TASK_STAGING"))
                .body("launches[0].decisions[0].decision", equalTo("allowed"))
                .body("launches[0].decisions[0].iamRoleArn", equalTo("arn:aws:iam::123456789012:role/web"))
                .body("launches[0].decisions[0].selfAsserted", equalTo(false))
                .body("launches[0].decisions[0].verdicts.result", hasItems("applied", "no-match"))
                .body("launches[0].waiting.default", equalTo("no agent on the host is connected here"))
                .body("launches[0].waitReasons.default", equalTo("no-agent"))
                .body("launches[0].leases", hasSize(0));
    }

    @Test
    void deniedTaskIsExplainedByTheDeny() {
        explain("web-2")
                .statusCode(200)
                .body("launches[0].decisions[0].decision", equalTo("denied"))
                .body("launches[0].decisions[0].summary", equalTo("policy not-two denies it"))
                .body("launches[0].decisions[0].verdicts.result", hasItem("overruled"));
    }

    @Test
    void unknownTaskIsAProblem() {
        explain("unknown-task")
                .statusCode(404)
                .contentType("application/problem+json")
                .body("code", equalTo("not-found"))
                .body("requestId", org.hamcrest.Matchers.notNullValue());
    }

    @Test
    void leasesAreListed() {
        given().get("/api/v1/leases").then().statusCode(200).body("items", hasSize(0));
    }

    @ParameterizedTest(name = "{0} names {1}")
    @CsvSource({
        "limit=0, limit",
        "limit=1001, limit",
        "cursor=%25%25, cursor",
        "limit=many, limit",
    })
    void invalidParameterIsNamed(String query, String field) {
        given().urlEncodingEnabled(false)
                .get("/api/v1/leases?" + query)
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("code", equalTo("invalid-parameter"))
                .body("errors.field", contains(field));
    }

    @Test
    void writingMethodsAreNotAllowed() {
        given().post("/api/v1/policies").then().statusCode(405).body("code", equalTo("method-not-allowed"));
    }

    @Test
    void requestForAnotherHostIsRefused() {
        given().header("Host", "evil.example:8080")
                .get("/api/v1/leases")
                .then()
                .statusCode(421)
                .body("code", equalTo("wrong-host"));
    }

    @Test
    void endOfADrainIsAnsweredWithTheIdOfItsRequest() {
        String controller =
                given().get("/api/v1/status").then().statusCode(200).extract().path("controller");
        given().queryParam("reason", "test")
                .delete("/api/v1/controllers/" + controller + "/drain")
                .then()
                .statusCode(200)
                .header("X-Request-Id", not(emptyOrNullString()))
                .body("drained", equalTo(false));
    }

    @Test
    void readinessShowsTheSourceOfTheCluster() {
        given().get(management.resolve("/health/ready"))
                .then()
                .statusCode(200)
                .body("checks.find { it.name == 'mesos' }.data.source", equalTo("stream"))
                .body("checks.find { it.name == 'mesos' }.data.tasks", equalTo(2))
                .body("checks.find { it.name == 'policies' }.data.version", equalTo(3))
                .body("checks.find { it.name == 'database' }.status", equalTo("UP"))
                .body(
                        "checks.findAll { it.name.startsWith('Reactive') || it.name.startsWith('Database') }",
                        hasSize(0));
    }

    @Test
    void metricsCountTasksAndPolicies() {
        String metrics = given().get(management.resolve("/metrics"))
                .then()
                .statusCode(200)
                .extract()
                .asString();

        assertThat(metrics).contains("mesosiam_cluster_tasks 2.0", "mesosiam_policy_version 3.0");
    }

    @Test
    void openapiYamlMatchesTheCode() throws IOException {
        Path generated = Path.of(
                ConfigProvider.getConfig().getValue("quarkus.smallrye-openapi.store-schema-directory", String.class),
                "openapi.yaml");
        assertThat(Files.readString(Path.of("openapi.yaml")))
                .as("openapi.yaml; to update it from the code: cp " + generated + " .")
                .isEqualTo(Files.readString(generated));
    }

    @Test
    void openapiYamlIsServed() {
        given().get("/openapi").then().statusCode(200).body(containsString("/api/v1/tasks/{framework}/{task}/explain"));
    }

    private ValidatableResponse explain(String task) {
        return given().get("/api/v1/tasks/{framework}/{task}/explain", framework, task)
                .then()
                .contentType(startsWith("application/"));
    }
}
